import { normalize } from 'node:path';
import { absolutePathField, HoldfastError, parseConfigSection } from '@holdfast/core';
import * as z from 'zod';

const hint = 'Write { "type": "sqlite", "path": "/var/lib/holdfast/catalog.sqlite" }, or sqlite:/var/lib/holdfast/catalog.sqlite';

/** The `catalog` section of the configuration for SQLite. */
export interface SqliteConfig {
  readonly type: 'sqlite';
  /** Absolute path of the database file. It is made, with its directory, where it is missing. */
  readonly path: string;
}

export const sqliteConfigSchema: z.ZodType<SqliteConfig> = z.strictObject({
  type: z.literal('sqlite'),
  path: absolutePathField('Absolute path of the database file; made, with its directory, where it is missing.'),
});

/** Throws HF_CONFIG with the value that is wrong. */
export function parseSqliteConfig(config: unknown): SqliteConfig {
  return parseConfigSection(sqliteConfigSchema, config, { section: 'catalog', hint });
}

/** Reads `sqlite:/path/to/catalog.sqlite` (also with an empty host: `sqlite:///path`). */
export function sqliteConfigFromUrl(url: string): SqliteConfig {
  const [, path] = /^sqlite:(?:\/\/(?=\/))?(\/.+)$/u.exec(url) ?? [];
  if (path === undefined || path.startsWith('//') || /[?#]/u.test(path))
    throw refuse(`'${url.replace(/(?<=:\/\/)[^/]*@/u, '')}' names no SQLite file`);
  return parseSqliteConfig({ type: 'sqlite', path: normalize(decode(url, path)) });
}

function decode(url: string, path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw refuse(`'${url}' has a % that begins no escape`, error);
  }
}

function refuse(message: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_CONFIG', {
    kind: 'invalid-argument',
    message,
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
