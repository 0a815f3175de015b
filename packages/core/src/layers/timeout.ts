import { HoldfastError, isHoldfastError } from '../errors/holdfast-error.js';
import type { AttachedStorage, CallOptions, StorageDriver, StorageHealth } from '../storage/storage-driver.js';
import { formatDuration } from '../units/duration.js';
import { type StorageOperation, wrapAttachment, wrapDriver } from './wrap-driver.js';

export type StorageTimeouts = Readonly<Record<StorageOperation, number>>;

/** In milliseconds. `provision` and `destroy` are as long as the slowest cloud's; `flush` and `detach` as long as writing back a machine's memory may take. */
export const defaultStorageTimeouts: StorageTimeouts = {
  plan: 60_000,
  provision: 7_200_000,
  inspect: 60_000,
  attach: 120_000,
  detachLasting: 900_000,
  status: 60_000,
  destroy: 7_200_000,
  health: 3500,
  usage: 10_000,
  flush: 900_000,
  detach: 900_000,
};

/**
 * Gives every call a deadline. A late or aborted call is told so through its signal and is not waited for any longer:
 * what hangs in a mount may never come back. An attachment that arrives late is detached.
 */
export function withTimeouts(driver: StorageDriver, timeoutsMs: StorageTimeouts): StorageDriver {
  const limit = <T>(operation: StorageOperation, options: CallOptions, run: (options: CallOptions) => Promise<T>): Promise<T> =>
    race(`${operation} of ${driver.name}`, timeoutsMs[operation], options.signal, run);
  const limited = wrapDriver(driver, limit);
  const attachTimeoutMs = timeoutsMs.attach;
  return {
    ...limited,
    attach: (options = {}) =>
      race(
        `attach of ${driver.name}`,
        attachTimeoutMs,
        options.signal,
        async (given) => resolveHealth(wrapAttachment(await driver.attach({ ...options, ...given }), limit), timeoutsMs.health),
        letGo,
      ),
  };
}

/** Health tells by its answer, also that there was none in time. */
function resolveHealth(attached: AttachedStorage, timeoutMs: number): AttachedStorage {
  const health = async (options?: CallOptions): Promise<StorageHealth> => {
    try {
      return await attached.health(options);
    } catch (error) {
      if (isHoldfastError(error) && error.kind === 'timeout') return { ok: false, latencyMs: timeoutMs, reason: error.message };
      throw error;
    }
  };
  return { ...attached, health };
}

function letGo(late: AttachedStorage): void {
  late.detach().catch(() => undefined);
}

async function race<T>(
  what: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  run: (options: CallOptions) => Promise<T>,
  onLate?: (result: T) => void,
): Promise<T> {
  const controller = new AbortController();
  const { promise: given, reject: giveUp } = Promise.withResolvers<never>();
  let late = false;
  const end = (error: HoldfastError): void => {
    late = true;
    giveUp(error);
    controller.abort(error);
  };
  const onAbort = (): void => end(new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${what} was aborted`, cause: signal?.reason }));
  const timer = setTimeout(() => end(timedOut(what, timeoutMs)), timeoutMs);
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  const running = run({ signal: controller.signal });
  running.then((result) => (late ? onLate?.(result) : undefined)).catch(() => undefined);
  try {
    return await Promise.race([running, given]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function timedOut(what: string, timeoutMs: number): HoldfastError {
  return new HoldfastError('HF_STORAGE_TIMEOUT', {
    kind: 'timeout',
    retry: 'yes',
    message: `${what} did not end within ${formatDuration(timeoutMs)}`,
    hint: 'Look whether the storage behind it still answers',
  });
}
