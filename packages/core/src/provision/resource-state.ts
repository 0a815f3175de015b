import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ErrorKind, HoldfastError } from '../errors/holdfast-error.js';
import { recordFileSchema, type ResourceRecord } from './resource-record.js';
import { replaceFile, syncDirectory } from './state-file.js';

/**
 * What this machine knows of the resources of one deployment: a file for each, so that two provisioners at once do not lose each other's notes.
 * Losing it loses nothing but ids that the provider tells too.
 */
export interface ResourceState {
  readonly directory: string;
  /** Durable when it resolves. Replaces what was known under this key. */
  write(key: string, record: ResourceRecord): Promise<void>;
  read(key: string): Promise<ResourceRecord | undefined>;
  list(): Promise<readonly { readonly key: string; readonly record: ResourceRecord }[]>;
  /** A repeat is harmless. The directory goes with its last record. */
  forget(key: string): Promise<void>;
}

const keyPattern = /^[a-z0-9][a-z0-9.-]{0,99}$/u;

/** Makes nothing until the first `write`, which makes the directory with mode 0700. Errors say HF_PROVISION_STATE and name the file. */
export function resourceState(directory: string): ResourceState {
  const pathOf = (key: string): string => {
    if (!keyPattern.test(key)) throw new RangeError(`'${key}' is no key of a record`);
    return join(directory, `${key}.json`);
  };
  const read = async (key: string): Promise<ResourceRecord | undefined> => {
    const path = pathOf(key);
    const text = await unlessAbsent(path, readFile(path, 'utf8'));
    return text === undefined ? undefined : parse(path, text);
  };
  return {
    directory,
    read,
    write: async (key, record) => {
      const path = pathOf(key);
      await named(path, async () => {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await replaceFile(path, `${JSON.stringify({ version: 1, ...record })}\n`);
        await syncDirectory(dirname(directory));
      });
    },
    list: async () => {
      const names = (await unlessAbsent(directory, readdir(directory))) ?? [];
      const keys = names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).map((name) => basename(name, '.json'));
      const found = await Promise.all(keys.toSorted().map(async (key) => ({ key, record: await read(key) })));
      return found.flatMap(({ key, record }) => (record === undefined ? [] : [{ key, record }]));
    },
    forget: async (key) => {
      const path = pathOf(key);
      await unlessAbsent(
        path,
        rm(path).then(async () => syncDirectory(directory)),
      );
      await removeEmpty(directory);
    },
  };
}

/** With what a kill left of a write. Another process' new record keeps it. */
async function removeEmpty(directory: string): Promise<void> {
  const names = (await unlessAbsent(directory, readdir(directory))) ?? [];
  if (names.some((name) => !name.startsWith('.new-'))) return;
  await Promise.all(names.map(async (name) => rm(join(directory, name), { force: true })));
  await rmdir(directory).catch(() => undefined);
}

function parse(path: string, text: string): ResourceRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw stateError(path, 'holds no JSON', error);
  }
  const parsed = recordFileSchema.safeParse(value);
  if (!parsed.success) throw stateError(path, 'holds no record that this version of Holdfast understands', parsed.error);
  const { version: _, ...record } = parsed.data;
  return record;
}

async function unlessAbsent<T>(path: string, running: Promise<T>): Promise<T | undefined> {
  return named(path, async () =>
    running.catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }),
  );
}

async function named<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw stateError(path, `cannot be used: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function stateError(path: string, words: string, cause: unknown): HoldfastError {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return new HoldfastError('HF_PROVISION_STATE', {
    kind: kindOf(code),
    retry: 'no',
    message: `The provisioning state ${path} ${words}`,
    hint: 'Mend the file or its directory. A file that is damaged may be removed: what is in it is asked of the provider again',
    operation: 'provision.state',
    context: { path },
    cause,
  });
}

function kindOf(code: string | undefined): ErrorKind {
  if (code === undefined) return 'corrupt';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'no-space';
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'permission' : 'unavailable';
}
