import type { AttachedStorage, StorageDriver } from '@holdfast/core';

/** A driver whose calls do what a test says; the others resolve. */
export function scriptedDriver(script: Partial<StorageDriver> = {}, attachment: Partial<AttachedStorage> = {}): StorageDriver {
  const nothing = async (): Promise<void> => undefined;
  const inspection = { state: 'ready', reason: undefined, resources: [] } as const;
  return {
    type: 'scripted',
    name: 'scripted:/x',
    capabilities: { provision: true, destroy: true, bootFragment: true, multiAttach: false, lastingAttach: true, usage: true },
    plan: async () => ({ resources: [], upToDate: true }),
    provision: async () => inspection,
    inspect: async () => inspection,
    attach: async () => ({
      root: '/x',
      guarantees: { scope: 'machine', atomicRename: true, durableFsync: true, compresses: false, preferredWriteSizeBytes: 1 },
      health: async () => ({ ok: true, latencyMs: 0, reason: undefined }),
      usage: async () => ({ totalBytes: 2, freeBytes: 1 }),
      flush: nothing,
      detach: nothing,
      [Symbol.asyncDispose]: nothing,
      ...attachment,
    }),
    detachLasting: nothing,
    status: async () => ({ root: '/x', lasting: false, sessions: [], health: undefined, usage: undefined }),
    destroy: nothing,
    bootFragment: () => '',
    ...script,
  };
}
