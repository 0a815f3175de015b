import { amendError } from '../errors/amend-error.js';
import { HoldfastError, isHoldfastError } from '../errors/holdfast-error.js';
import type { StorageDriver } from '../storage/storage-driver.js';
import { wrapDriver } from './wrap-driver.js';

/** Every rejection leaves as a HoldfastError that names the operation and the driver. A foreign one is `unexpected`, with its cause. */
export function withErrorContext(driver: StorageDriver): StorageDriver {
  return wrapDriver(driver, async (name, options, run) => {
    const operation = `storage.${name}`;
    const context = { storage: driver.name };
    try {
      return await run(options);
    } catch (error) {
      if (isHoldfastError(error)) throw amendError(error, { operation, context });
      const words = error instanceof Error ? error.message : String(error);
      throw new HoldfastError('HF_UNEXPECTED', {
        kind: 'unexpected',
        message: `${operation} of ${driver.name} failed: ${words}`,
        operation,
        context,
        hint: 'This is a defect of the driver: it should say what this error means. Please report it',
        cause: error,
      });
    }
  });
}
