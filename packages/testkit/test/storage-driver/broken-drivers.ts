import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AttachedStorage, HoldfastError, type StorageDriver } from '@holdfast/core';

type Break = (driver: StorageDriver) => StorageDriver;

/** For each promise a driver that breaks it. */
export const brokenDrivers: Readonly<Record<string, Break>> = {
  'type and name say what it is': (driver) => ({ ...driver, name: 'storage' }),
  'every capability is declared': (driver) => {
    const { provision, destroy, bootFragment, multiAttach, lastingAttach } = driver.capabilities;
    return { ...driver, capabilities: { provision, destroy, bootFragment, multiAttach, lastingAttach } as never };
  },
  'no secret is in the name, the plan, the inspection, the status or the boot fragment': (driver) => ({ ...driver, name: 'fake:user:hunter2@host' }),
  'the boot fragment is shell that parses and is the same each time, or is refused where the capability is false': (driver) => ({
    ...driver,
    bootFragment: () => 'if [ -d /x ]; exit 1',
  }),
  'plan changes nothing': (driver) => ({
    ...driver,
    plan: async () => {
      const plan = await driver.plan();
      await driver.provision();
      return plan;
    },
  }),
  'plan names what provision would make, and is up to date once it was made': (driver) => ({
    ...driver,
    plan: async () => ({ ...(await driver.plan()), upToDate: true }),
  }),
  'provision makes the storage ready, or is refused where the capability is false': (driver) => ({ ...driver, provision: () => driver.inspect() }),
  'provision on ready storage changes nothing': (driver) => ({
    ...driver,
    provision: async (options) => {
      await driver.destroy({ force: true });
      return driver.provision(options);
    },
  }),
  'provision reports each step': (driver) => ({ ...driver, provision: () => driver.provision() }),
  'two provisions at once end with exactly one of each resource': countingResources(2),
  'a provision that was given up half way is finished by a rerun, with exactly one of each resource': countingResources(2),
  'inspect tells absence as a state': (driver) => ({
    ...driver,
    inspect: async () => {
      const inspection = await driver.inspect();
      if (inspection.state === 'absent') throw new Error('absent');
      return inspection;
    },
  }),
  'attach rejects with not-found where the storage was never provisioned, and makes nothing': (driver) => ({
    ...driver,
    attach: async (options) => {
      await driver.provision();
      return driver.attach(options);
    },
  }),
  'attach refuses a place that cannot be written, and names it and the remedy': (driver) => ({
    ...driver,
    attach: () => Promise.reject(new Error('EACCES')),
  }),
  'root is the absolute path of a directory that takes files, directories and renames': attachment((attached) => ({ root: attached.root.slice(1) })),
  'guarantees are complete': attachment((attached) => ({ guarantees: { ...attached.guarantees, preferredWriteSizeBytes: 0 } })),
  'each attach gives an attachment of its own: detaching one leaves the others working': attachment((attached) => ({
    detach: () => rm(attached.root, { recursive: true, force: true }),
  })),
  'health of good storage is ok, with the time that it took': attachment(() => ({
    health: async () => ({ ok: true, latencyMs: Number.NaN, reason: undefined }),
  })),
  'health of bad storage resolves with a reason': attachment(() => ({ health: async () => ({ ok: true, latencyMs: 0, reason: undefined }) })),
  'health of storage that hangs answers within 3.5 s, without blocking this process': attachment((attached) => ({
    health: async () => {
      const health = await attached.health();
      if (!health.ok) await new Promise((resolve) => setTimeout(resolve, 3600));
      return health;
    },
  })),
  'what is wrong with storage that hangs is told within 5 s, with a remedy; of good storage nothing is told': attachment(() => ({
    watchTrouble: async () => async () => new HoldfastError('HF_STORAGE_IO', { kind: 'unavailable', message: 'wrong' }),
  })),
  'usage tells size and free space, or is refused where the capability is false': attachment(() => ({
    usage: async () => ({ totalBytes: 1, freeBytes: 2 }),
  })),
  'flush resolves with nothing to flush, after a write, and when repeated': attachment(() => ({ flush: once('flushed twice') })),
  'detach leaves the files': attachment((attached) => ({ detach: () => rm(join(attached.root, 'stays'), { force: true }) })),
  'a repeated detach resolves': attachment(() => ({ detach: once('detached twice') })),
  'status tells where the storage is attached, that it answers, and of each attachment the process that uses it': (driver) => ({
    ...driver,
    status: async (options) => ({ ...(await driver.status(options)), sessions: [] }),
  }),
  'status of absent storage tells no place and no sessions': (driver) => ({
    ...driver,
    status: async (options) => ({ ...(await driver.status(options)), root: '/somewhere' }),
  }),
  'status of storage that went bad resolves, and its health is not ok': (driver) => ({
    ...driver,
    status: async (options) => ({ ...(await driver.status(options)), health: undefined }),
  }),
  'destroy refuses while a session lives, also by force, and removes nothing': (driver) => ({
    ...driver,
    attach: async (options) => {
      const attached = await driver.attach(options);
      await attached.detach();
      return attached;
    },
  }),
  'a lasting attachment stays when it is detached, until detachLasting': (driver) => ({ ...driver, attach: () => driver.attach() }),
  'a repeated detachLasting resolves, and so does one of storage that is not attached': (driver) => ({
    ...driver,
    detachLasting: once('detached twice'),
  }),
  'detachLasting leaves attachments that are in use working': (driver) => ({
    ...driver,
    detachLasting: () => driver.destroy({ force: true }),
  }),
  'destroy refuses while a lasting attachment stands, also by force': (driver) => ({ ...driver, attach: () => driver.attach() }),
  'what one attachment wrote, synced and renamed, the other reads complete': ownRoots(),
  'a rename over a file is seen whole or not at all by the other attachment': tearing(),
  'of exclusive creations at once, over all attachments, exactly one wins': ownRoots(),
  'destroy removes what provision made, or is refused where the capability is false': (driver) => ({ ...driver, destroy: async () => {} }),
  'destroy of absent storage is success, also when repeated': (driver) => ({
    ...driver,
    destroy: async (options) => {
      if ((await driver.inspect()).state === 'absent') throw new Error('absent');
      await driver.destroy(options);
    },
  }),
  'destroy refuses with conflict where the storage holds what provision did not make, and removes nothing': (driver) => ({
    ...driver,
    destroy: (options) => driver.destroy({ ...options, force: true }),
  }),
  'destroy by force removes that, too': (driver) => ({ ...driver, destroy: () => driver.destroy() }),
  'aborted calls that look reject with aborted': (driver) => ({ ...driver, plan: () => driver.plan() }),
  'an aborted provision rejects with aborted and makes nothing': (driver) => ({
    ...driver,
    provision: async (options) => {
      await driver.provision();
      return driver.provision(options);
    },
  }),
  'an aborted destroy rejects with aborted and removes nothing': (driver) => ({
    ...driver,
    destroy: async (options) => {
      await driver.destroy({ force: true });
      await driver.destroy(options);
    },
  }),
  'aborted calls of an attachment reject with aborted and leave it attached': attachment((attached) => ({ flush: () => attached.flush() })),
};

function attachment(change: (attached: AttachedStorage) => Partial<AttachedStorage>): Break {
  return (driver) => ({
    ...driver,
    attach: async (options) => {
      const attached = await driver.attach(options);
      return { ...attached, ...change(attached) };
    },
  });
}

/** A driver that makes a resource more with every provision. */
function countingResources(times: number): Break {
  return (driver) => ({
    ...driver,
    provision: async (options) => {
      const inspection = await driver.provision(options);
      return { ...inspection, resources: Array.from({ length: times }, () => inspection.resources).flat() };
    },
    inspect: async (options) => {
      const inspection = await driver.inspect(options);
      return { ...inspection, resources: Array.from({ length: times }, () => inspection.resources).flat() };
    },
  });
}

/** A driver whose attachments do not see each other: a later one empties what the one before wrote, as a stale cache would show it. */
function ownRoots(): Break {
  let attachments = 0;
  return (driver) => ({
    ...driver,
    attach: async (options) => {
      const attached = await driver.attach(options);
      attachments += 1;
      const root = join(attached.root, `${attachments}`);
      await mkdir(root);
      await writeFile(join(root, 'file'), new Uint8Array(3));
      return { ...attached, root };
    },
  });
}

/** A driver on whose storage a file changes half, as one without atomic renames would show it. */
function tearing(): Break {
  return attachment((attached) => {
    const path = join(attached.root, 'file');
    const tear = async (): Promise<void> => {
      for (let round = 0; round < 1000; round += 1) await writeFile(path, 'torn', { flag: 'r+' }).catch(() => undefined);
    };
    void tear();
    return {};
  });
}

function once(message: string): () => Promise<void> {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls > 1) throw new Error(message);
  };
}
