import type { Clock } from '../clock.js';
import { isHoldfastError } from '../errors/holdfast-error.js';
import type { Logger } from '../logger.js';
import type { StorageDriver } from '../storage/storage-driver.js';
import { wrapDriver } from './wrap-driver.js';

/** Reports how every call ended and how long it took. Arguments are not logged: they may hold what is nobody's business. */
export function withLogging(driver: StorageDriver, logger: Logger, clock: Clock): StorageDriver {
  return wrapDriver(driver, async (operation, options, run) => {
    const startedAtMs = clock.monotonicMs();
    const fields = (): Record<string, unknown> => ({ storage: driver.name, operation, durationMs: clock.monotonicMs() - startedAtMs });
    try {
      const result = await run(options);
      logger.debug(fields(), 'storage call succeeded');
      return result;
    } catch (error) {
      const said = isHoldfastError(error) ? { code: error.code, kind: error.kind, error: error.message } : { error: String(error) };
      logger.warn({ ...fields(), ...said }, 'storage call failed');
      throw error;
    }
  });
}
