import { HoldfastError } from '../errors/holdfast-error.js';
import type { StorageDriver } from '../storage/storage-driver.js';
import { type StorageOperation, wrapDriver } from './wrap-driver.js';

const optionTypes = {
  signal: (value: unknown) => value instanceof AbortSignal,
  onProgress: (value: unknown) => typeof value === 'function',
  force: (value: unknown) => typeof value === 'boolean',
  lasting: (value: unknown) => typeof value === 'boolean',
};

/** Refuses what a driver should not have to: options of a wrong type, calls that were aborted before they began, and what the driver cannot do. */
export function withArgumentChecks(driver: StorageDriver): StorageDriver {
  const { capabilities, name } = driver;
  const checked = wrapDriver(driver, async (operation, options, run) => {
    refuseWrongOptions(operation, options);
    if (operation === 'provision' || operation === 'destroy' || operation === 'usage') assertCapable(capabilities[operation], operation, name);
    if (operation === 'detachLasting' || ('lasting' in options && options.lasting === true)) {
      assertCapable(capabilities.lastingAttach, operation === 'attach' ? 'attach lasting' : operation, name);
    }
    if (options.signal?.aborted === true) {
      throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${operation} of ${name} was aborted before it began` });
    }
    return run(options);
  });
  return {
    ...checked,
    bootFragment: () => {
      assertCapable(capabilities.bootFragment, 'bootFragment', name);
      return driver.bootFragment();
    },
  };
}

function refuseWrongOptions(operation: StorageOperation, options: object): void {
  for (const [name, fits] of Object.entries(optionTypes)) {
    const value: unknown = Reflect.get(options, name);
    if (value !== undefined && !fits(value)) {
      throw new HoldfastError('HF_USAGE', {
        kind: 'invalid-argument',
        message: `The option '${name}' of ${operation} is ${typeof value}, which it cannot be`,
      });
    }
  }
}

function assertCapable(capable: boolean, operation: string, name: string): void {
  if (capable) return;
  throw new HoldfastError('HF_UNSUPPORTED', {
    kind: 'unsupported',
    message: `${name} cannot do '${operation}'`,
    hint: 'Its capabilities say so. Do it by the means of the storage itself, or select another driver',
  });
}
