import { HoldfastError } from '../errors/holdfast-error.js';
import type { AttachedStorage, CallOptions, StorageDriver } from '../storage/storage-driver.js';
import { watchOf } from './wrap-driver.js';

/** Keeps the order of calls on each attachment: none after `detach`, and a driver's `detach` runs once, whoever asks and how often. */
export function withGuard(driver: StorageDriver): StorageDriver {
  return { ...driver, attach: async (options) => guardAttachment(await driver.attach(options), driver.name) };
}

function guardAttachment(attached: AttachedStorage, name: string): AttachedStorage {
  let detaching: Promise<void> | undefined;
  const assertAttached = (operation: string): void => {
    if (detaching === undefined) return;
    throw new HoldfastError('HF_NOT_ATTACHED', {
      kind: 'invalid-argument',
      message: `${operation} was called on ${name} after detach`,
      context: { root: attached.root },
      hint: 'Attach again: each attachment is used once',
    });
  };
  const detach = (options?: CallOptions): Promise<void> => {
    // A detach that failed let go of nothing for certain: the next one tries again.
    detaching ??= attached.detach(options).catch((error: unknown) => {
      detaching = undefined;
      throw error;
    });
    return detaching;
  };
  return {
    root: attached.root,
    guarantees: attached.guarantees,
    health: async (options) => {
      assertAttached('health');
      return attached.health(options);
    },
    ...watchOf(attached),
    usage: async (options) => {
      assertAttached('usage');
      return attached.usage(options);
    },
    flush: async (options) => {
      assertAttached('flush');
      return attached.flush(options);
    },
    detach,
    [Symbol.asyncDispose]: () => detach(),
  };
}
