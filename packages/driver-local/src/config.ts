import { normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { absolutePathField, HoldfastError, parseConfigSection } from '@holdfast/core';
import * as z from 'zod';

const hint = 'Write /var/lib/holdfast/storage, or file:///var/lib/holdfast/storage';

/** The `storage` section of the configuration for a local directory. */
export interface LocalConfig {
  readonly type: 'local';
  /** Absolute path of the directory; provisioned, with mode 0700, where it is missing. Not the root of the file system. */
  readonly path: string;
}

export const localConfigSchema: z.ZodType<LocalConfig> = z.strictObject({
  type: z.literal('local'),
  path: absolutePathField('Absolute path of the directory; provisioned, with mode 0700, where it is missing.')
    .transform(withoutTrailingSlash)
    .refine((path) => path !== '/', { error: "'/' is the root of the file system, not a directory for snapshots" }),
});

/** Throws HF_CONFIG with the value that is wrong. */
export function parseLocalConfig(config: unknown): LocalConfig {
  return parseConfigSection(localConfigSchema, config, { section: 'storage', hint });
}

/** Reads a bare absolute path, or a URL such as `file:///var/lib/holdfast`. */
export function localConfigFromUrl(url: string): LocalConfig {
  return parseLocalConfig({ type: 'local', path: url.startsWith('file:') ? pathOfUrl(url) : url });
}

function pathOfUrl(url: string): string {
  try {
    if (/[?#]/u.test(url)) throw new TypeError('a query or fragment has no meaning here');
    if (!url.startsWith('file:/')) throw new TypeError('its path is not absolute');
    return fileURLToPath(url);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HoldfastError('HF_CONFIG', { kind: 'invalid-argument', message: `'${url}' names no local directory: ${why}`, hint, cause: error });
  }
}

function withoutTrailingSlash(path: string): string {
  return normalize(path).replace(/(?<=.)\/$/u, '');
}
