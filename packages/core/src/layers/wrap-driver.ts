import type { AttachedStorage, CallOptions, StorageDriver } from '../storage/storage-driver.js';

export type DriverOperation = 'plan' | 'provision' | 'inspect' | 'attach' | 'detachLasting' | 'status' | 'destroy';
export type AttachmentOperation = 'health' | 'usage' | 'flush' | 'detach';
export type StorageOperation = DriverOperation | AttachmentOperation;

/** A layer's part around one call: it calls `run`, with other options if it likes, once, several times or not at all. */
export type Around = <T>(operation: StorageOperation, options: CallOptions, run: (options: CallOptions) => Promise<T>) => Promise<T>;

/** A driver whose every call, also those of its attachments, goes through `around`. Everything else passes unchanged. */
export function wrapDriver(driver: StorageDriver, around: Around): StorageDriver {
  return {
    type: driver.type,
    name: driver.name,
    capabilities: driver.capabilities,
    plan: (options = {}) => around('plan', options, (given) => driver.plan(given)),
    provision: (options = {}) => around('provision', options, (given) => driver.provision({ ...options, ...given })),
    inspect: (options = {}) => around('inspect', options, (given) => driver.inspect(given)),
    attach: (options = {}) => around('attach', options, async (given) => wrapAttachment(await driver.attach({ ...options, ...given }), around)),
    detachLasting: (options = {}) => around('detachLasting', options, (given) => driver.detachLasting(given)),
    status: (options = {}) => around('status', options, (given) => driver.status(given)),
    destroy: (options = {}) => around('destroy', options, (given) => driver.destroy({ ...options, ...given })),
    bootFragment: () => driver.bootFragment(),
  };
}

export function wrapAttachment(attached: AttachedStorage, around: Around): AttachedStorage {
  const detach = (options: CallOptions = {}): Promise<void> => around('detach', options, (given) => attached.detach(given));
  return {
    root: attached.root,
    guarantees: attached.guarantees,
    health: (options = {}) => around('health', options, (given) => attached.health(given)),
    // It tells of a failure that another call has met: what is around those would only hide it.
    ...watchOf(attached),
    usage: (options = {}) => around('usage', options, (given) => attached.usage(given)),
    flush: (options = {}) => around('flush', options, (given) => attached.flush(given)),
    detach,
    [Symbol.asyncDispose]: () => detach(),
  };
}

/** The part of an attachment that may be absent. */
export function watchOf(attached: AttachedStorage): Pick<AttachedStorage, 'watchTrouble'> {
  const watch = attached.watchTrouble?.bind(attached);
  return watch === undefined ? {} : { watchTrouble: watch };
}
