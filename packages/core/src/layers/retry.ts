import pRetry from 'p-retry';
import { amendError } from '../errors/amend-error.js';
import { HoldfastError, isHoldfastError } from '../errors/holdfast-error.js';
import type { StorageDriver } from '../storage/storage-driver.js';
import { wrapDriver } from './wrap-driver.js';

export interface RetryPolicy {
  /** Tries after the first. Default 3. */
  readonly retries: number;
  /** Delay before the first of them; it doubles each time. Default 200. */
  readonly minDelayMs: number;
  /** Default 5000. */
  readonly maxDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { retries: 3, minDelayMs: 200, maxDelayMs: 5000 };

/**
 * Repeats calls that failed with retry advice `yes`: by contract every call of a driver may be repeated.
 * The last error leaves with the advice `spent`, so that a caller's own retry does not multiply these.
 */
export function withRetry(driver: StorageDriver, policy: RetryPolicy): StorageDriver {
  return wrapDriver(driver, async (operation, options, run) => {
    let done: { readonly result: Awaited<ReturnType<typeof run>> } | undefined;
    const runOnce = async (): ReturnType<typeof run> => {
      const result = await run(options);
      done = { result };
      return result;
    };
    try {
      return await pRetry(runOnce, {
        retries: policy.retries,
        minTimeout: policy.minDelayMs,
        maxTimeout: policy.maxDelayMs,
        randomize: true,
        shouldRetry: ({ error }) => isHoldfastError(error) && error.retry === 'yes',
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      // What succeeded is not lost to a signal that came after it: an attachment must reach somebody who detaches it.
      if (done !== undefined) return done.result;
      if (options.signal?.aborted === true && !isHoldfastError(error)) {
        throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${operation} of ${driver.name} was aborted`, cause: error });
      }
      throw isHoldfastError(error) && error.retry === 'yes' ? amendError(error, { retry: 'spent' }) : error;
    }
  });
}
