import { readFile } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/core/basics';

const defaultConfigFile = '/etc/holdfast/holdfast.json';

export type ConfigObject = Readonly<Record<string, unknown>>;

export interface ConfigFile {
  /** Undefined where there is none. */
  readonly path: string | undefined;
  readonly content: ConfigObject;
}

/** Reads the configuration file. The default one may be absent, a named one may not. Throws HF_CONFIG. */
export async function readConfigFile(path: string | undefined): Promise<ConfigFile> {
  const text = await readText(path);
  if (text === undefined) return { path: undefined, content: {} };
  const file = path ?? defaultConfigFile;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse(file, `is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, 'Mend the file', cause);
  }
  if (!isObject(value)) throw refuse(file, 'holds no JSON object', 'Write an object such as {"storage": …}', undefined);
  return { path: file, content: value };
}

async function readText(path: string | undefined): Promise<string | undefined> {
  try {
    return await readFile(path ?? defaultConfigFile, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (path === undefined && (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES')) return undefined;
    throw refuse(
      path ?? defaultConfigFile,
      `cannot be read (${String(code ?? cause)})`,
      'Name a file that can be read with --config or HOLDFAST_CONFIG',
      cause,
    );
  }
}

function isObject(value: unknown): value is ConfigObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(file: string, why: string, hint: string, cause: unknown): HoldfastError {
  return new HoldfastError('HF_CONFIG', {
    kind: 'invalid-argument',
    message: `the configuration file ${file} ${why}`,
    hint,
    context: { file },
    cause,
  });
}
