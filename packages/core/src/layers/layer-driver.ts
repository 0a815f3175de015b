import { type Clock, systemClock } from '../clock.js';
import { type Logger, silentLogger } from '../logger.js';
import type { StorageDriver } from '../storage/storage-driver.js';
import { withArgumentChecks } from './argument-checks.js';
import { withErrorContext } from './error-context.js';
import { withGuard } from './guard.js';
import { withLogging } from './logging.js';
import { defaultRetryPolicy, type RetryPolicy, withRetry } from './retry.js';
import { defaultStorageTimeouts, defaultUndoMs, type StorageTimeouts, withTimeouts } from './timeout.js';

export interface LayerOptions {
  /** Default: none. */
  readonly logger?: Logger | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** What differs from `defaultStorageTimeouts`, in milliseconds; each is of one try, not of all together. */
  readonly timeoutsMs?: Partial<StorageTimeouts> | undefined;
  /** How long a late or aborted call may take to undo what it has begun. Default 10,000. */
  readonly undoMs?: number | undefined;
  /** What differs from `defaultRetryPolicy`. */
  readonly retry?: Partial<RetryPolicy> | undefined;
}

/** Puts around a driver all that no driver does by itself. The one place of the order: from the driver outwards. */
export function layerDriver(driver: StorageDriver, options: LayerOptions = {}): StorageDriver {
  const { logger = silentLogger, clock = systemClock } = options;
  const limited = withTimeouts(driver, { ...defaultStorageTimeouts, ...options.timeoutsMs }, options.undoMs ?? defaultUndoMs);
  const retried = withRetry(limited, { ...defaultRetryPolicy, ...options.retry });
  const logged = withLogging(retried, logger, clock);
  const guarded = withGuard(logged);
  const checked = withArgumentChecks(guarded);
  return withErrorContext(checked);
}
