import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isProcessAlive, ownProcessIdentity, type ProcessIdentity } from '../../process-identity.js';
import type { StorageSession } from '../storage-driver.js';

/** The uses of one storage by processes of this machine. */
export interface MachineSessions {
  /** Notes a use by this process, until the result is disposed of or the process is gone, however it ends. */
  enter(): Promise<AsyncDisposable>;
  /** Of processes that live, the eldest first. Notes of dead ones are removed. */
  list(): Promise<readonly StorageSession[]>;
  isLasting(): Promise<boolean>;
  /** Notes that the place is to stay attached without a session. */
  setLasting(lasting: boolean): Promise<void>;
}

/** Of this boot: no place stays attached beyond it, also where the folder does. */
const lastingName = (): string => `lasting.${ownProcessIdentity().bootId}`;

/**
 * Keeps them as empty files in a folder of the owner's alone, which must not be on the storage itself: that may hang. Everything about a session is in its
 * file's name, so there is no moment at which one is half there.
 */
export function machineSessions(folder: string): MachineSessions {
  const make = async (name: string, tries = 10): Promise<string> => {
    const path = join(folder, name);
    await makeFolder(folder);
    try {
      await writeFile(path, '', { flag: 'a', mode: 0o600 });
    } catch (error) {
      // The last session before this one took the folder away.
      if (isMissing(error) && tries > 1) return make(name, tries - 1);
      throw error;
    }
    return path;
  };
  const remove = async (path: string): Promise<void> => {
    await rm(path, { force: true });
    // Not where others are left.
    await rmdir(folder).catch(() => undefined);
  };
  return {
    enter: async () => {
      const path = await make(fileName(ownProcessIdentity()));
      return { [Symbol.asyncDispose]: () => remove(path) };
    },
    list: async () => {
      const found = await Promise.all((await namesIn(folder)).map((name) => readSession(folder, name)));
      return found.filter((session) => session !== undefined).toSorted((one, other) => (one.since < other.since ? -1 : 1));
    },
    isLasting: async () => (await namesIn(folder)).includes(lastingName()),
    setLasting: async (lasting) => {
      if (lasting) await make(lastingName());
      else await remove(join(folder, lastingName()));
    },
  };
}

/** In a place that every user can write, another one may have been there first. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(folder);
  if (uid !== process.getuid?.()) throw new Error(`${folder} belongs to user ${uid}`);
}

function fileName({ pid, startTicks, bootId }: ProcessIdentity): string {
  return `${pid}.${startTicks}.${bootId}.${randomBytes(4).toString('hex')}`;
}

async function readSession(folder: string, name: string): Promise<(StorageSession & { readonly since: string }) | undefined> {
  const [, pid, startTicks, bootId] = /^(\d+)\.(\d+)\.([\da-f-]+)\.[\da-f]+$/u.exec(name) ?? [];
  if (bootId === undefined) return undefined;
  if (!isProcessAlive({ bootId, pid: Number(pid), startTicks: Number(startTicks) })) {
    await rm(join(folder, name), { force: true });
    return undefined;
  }
  const times = await stat(join(folder, name)).catch(() => undefined);
  return times === undefined ? undefined : { host: hostname(), pid: Number(pid), since: times.mtime.toISOString() };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
