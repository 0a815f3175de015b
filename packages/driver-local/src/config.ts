import { isAbsolute, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HoldfastError } from '@holdfast/core';
import * as z from 'zod';

/** The `storage` section of the configuration for a local directory. */
export interface LocalConfig {
  readonly type: 'local';
  /** Absolute path of the directory; provisioned, with mode 0700, where it is missing. Not the root of the file system. */
  readonly path: string;
}

export const localConfigSchema: z.ZodType<LocalConfig> = z.strictObject({
  type: z.literal('local'),
  path: z
    .string()
    .refine((path) => isAbsolute(path) && !path.includes('\0'), { error: (issue) => `'${String(issue.input)}' is no absolute path` })
    .transform(withoutTrailingSlash)
    .refine((path) => path !== '/', { error: "'/' is the root of the file system, not a directory for snapshots" })
    .meta({ description: 'Absolute path of the directory; provisioned, with mode 0700, where it is missing' }),
});

/** Throws HF_CONFIG with the value that is wrong. */
export function parseLocalConfig(config: unknown): LocalConfig {
  const parsed = localConfigSchema.safeParse(config);
  if (parsed.success) return Object.freeze(parsed.data);
  throw refuse(`The storage's configuration is not right: ${z.prettifyError(parsed.error)}`, parsed.error);
}

/** Reads a bare absolute path, or a URL such as `file:///var/lib/holdfast`. */
export function localConfigFromUrl(url: string): LocalConfig {
  return parseLocalConfig({ type: 'local', path: url.startsWith('file:') ? pathOfUrl(url) : url });
}

function pathOfUrl(url: string): string {
  try {
    if (/[?#]/u.test(url)) throw new TypeError('a query or fragment has no meaning here');
    return fileURLToPath(url);
  } catch (error) {
    throw refuse(`'${url}' names no local directory: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function withoutTrailingSlash(path: string): string {
  return normalize(path).replace(/(?<=.)\/$/u, '');
}

function refuse(message: string, cause: unknown): HoldfastError {
  return new HoldfastError('HF_CONFIG', { kind: 'invalid-argument', message, hint: 'Write /var/lib/holdfast, or file:///var/lib/holdfast', cause });
}
