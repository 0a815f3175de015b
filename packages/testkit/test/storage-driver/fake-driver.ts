import { access, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttachedStorage,
  type CallOptions,
  HoldfastError,
  type StorageDriver,
  type StorageHealth,
  type StorageInspection,
  type StorageStatus,
  storageInUse,
} from '@holdfast/core';
import type { StorageDriverFixture } from '@holdfast/testkit/storage-driver';

/** Who uses a path: what a real driver keeps where other processes see it. */
const uses = new Map<string, { sessions: number; lasting: boolean }>();

/** A correct driver without processes of its own: what the broken ones of these tests are made from. */
export function fakeDriver(path: string): StorageDriver {
  const directory = { kind: 'directory', name: path, detail: 'fake' } as const;
  const inspect = async (options?: CallOptions): Promise<StorageInspection> => {
    assertNotAborted(options);
    return (await exists(path))
      ? { state: 'ready', reason: undefined, resources: [{ ...directory, action: 'none' }] }
      : { state: 'absent', reason: undefined, resources: [] };
  };
  const use = uses.get(path) ?? { sessions: 0, lasting: false };
  uses.set(path, use);
  const status = async (options?: CallOptions): Promise<StorageStatus> => {
    assertNotAborted(options);
    const session = { host: hostname(), pid: process.pid, since: undefined };
    const sessions = Array.from({ length: use.sessions }, () => session);
    if (!(await exists(path))) return { root: undefined, lasting: use.lasting, sessions, health: undefined, usage: undefined };
    const health = await healthOf(path);
    return { root: path, lasting: use.lasting, sessions, health, usage: health.ok ? { totalBytes: 2, freeBytes: 1 } : undefined };
  };
  return {
    type: 'fake',
    name: `fake:${path}`,
    capabilities: { provision: true, destroy: true, bootFragment: true, multiAttach: false, lastingAttach: true, usage: true },
    plan: async (options) => {
      assertNotAborted(options);
      const upToDate = await exists(path);
      return { resources: [{ ...directory, action: upToDate ? 'none' : 'create' }], upToDate };
    },
    provision: async (options) => {
      assertNotAborted(options);
      if (!(await exists(path))) {
        await mkdir(path, { recursive: true });
        options?.onProgress?.({ step: 'directory', message: 'made' });
      }
      return inspect();
    },
    inspect,
    attach: async (options) => {
      assertNotAborted(options);
      if (!(await exists(path))) throw new HoldfastError('HF_STORAGE_MISSING', { kind: 'not-found', message: `${path} is not there` });
      if (!(await stat(path)).isDirectory()) {
        throw new HoldfastError('HF_STORAGE_NOT_DIRECTORY', { kind: 'invalid-argument', message: `${path} is a file`, hint: 'Give a directory' });
      }
      use.sessions += 1;
      if (options?.lasting === true) use.lasting = true;
      return fakeAttachment(path, () => {
        use.sessions -= 1;
      });
    },
    detachLasting: async (options) => {
      assertNotAborted(options);
      use.lasting = false;
    },
    status,
    destroy: async (options) => {
      assertNotAborted(options);
      if (!(await exists(path))) return;
      const inUse = storageInUse(`fake:${path}`, await status());
      if (inUse !== undefined) throw inUse;
      if ((await readdir(path)).length > 0 && options?.force !== true) {
        throw new HoldfastError('HF_STORAGE_NOT_EMPTY', { kind: 'conflict', message: `${path} holds files`, hint: 'Use force' });
      }
      await rm(path, { recursive: true });
    },
    bootFragment: () => `[ -d '${path}' ] || exit 1\n`,
  };
}

export async function fakeFixture(change: (driver: StorageDriver) => StorageDriver = (driver) => driver): Promise<StorageDriverFixture> {
  const base = await mkdtemp(join(tmpdir(), 'hf-fake-driver-'));
  const path = join(base, 'canary');
  return {
    driver: change(fakeDriver(path)),
    elsewhere: change(fakeDriver(path)),
    secrets: ['hunter2'],
    spoil: async () => {
      await rm(path, { recursive: true });
      await writeFile(path, '');
    },
    hang: async () => {
      await rm(path, { recursive: true });
      return { [Symbol.asyncDispose]: () => Promise.resolve() };
    },
    [Symbol.asyncDispose]: () => rm(base, { recursive: true, force: true }),
  };
}

function fakeAttachment(path: string, leave: () => void): AttachedStorage {
  let left = false;
  const detach = async (options?: CallOptions): Promise<void> => {
    assertNotAborted(options);
    if (!left) leave();
    left = true;
  };
  const call = async (options?: CallOptions): Promise<void> => assertNotAborted(options);
  return {
    root: path,
    guarantees: { scope: 'machine', atomicRename: true, durableFsync: false, compresses: false, preferredWriteSizeBytes: 4096 },
    health: async (options): Promise<StorageHealth> => {
      await call(options);
      return healthOf(path);
    },
    usage: async (options) => {
      await call(options);
      return { totalBytes: 2, freeBytes: 1 };
    },
    flush: call,
    detach,
    [Symbol.asyncDispose]: () => detach(),
  };
}

async function healthOf(path: string): Promise<StorageHealth> {
  const good = (await exists(path)) && (await stat(path)).isDirectory();
  return { ok: good, latencyMs: 0, reason: good ? undefined : 'gone' };
}

function assertNotAborted(options: CallOptions | undefined): void {
  if (options?.signal?.aborted === true) throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: 'aborted' });
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
