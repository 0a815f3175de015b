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

/** How long a late or aborted call may take to undo what it has begun, a client that mounts or a lock: whoever is told of its end may exit at once. */
export const defaultUndoMs = 10_000;

/** Others leave nothing behind that must be undone. */
const changing: ReadonlySet<StorageOperation> = new Set(['provision', 'attach', 'detachLasting', 'destroy', 'detach']);

/**
 * Gives every call a deadline. A late or aborted call is told so through its signal. Where it changes something it has `undoMs` for its end, and else
 * is not waited for any longer: what hangs in a mount may never come back. An attachment that arrives late is detached.
 */
export function withTimeouts(driver: StorageDriver, timeoutsMs: StorageTimeouts, undoMs: number): StorageDriver {
  const limit = <T>(operation: StorageOperation, options: CallOptions, run: (options: CallOptions) => Promise<T>): Promise<T> =>
    race(`${operation} of ${driver.name}`, { timeoutMs: timeoutsMs[operation], undoMs: changing.has(operation) ? undoMs : 0 }, options.signal, run);
  const limited = wrapDriver(driver, limit);
  return {
    ...limited,
    attach: (options = {}) =>
      race(
        `attach of ${driver.name}`,
        { timeoutMs: timeoutsMs.attach, undoMs },
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

async function letGo(late: AttachedStorage): Promise<void> {
  await late.detach();
}

interface Limits {
  readonly timeoutMs: number;
  readonly undoMs: number;
}

async function race<T>(
  what: string,
  { timeoutMs, undoMs }: Limits,
  signal: AbortSignal | undefined,
  run: (options: CallOptions) => Promise<T>,
  onLate?: (result: T) => Promise<void>,
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
  const undone = running.then((result) => (late ? onLate?.(result) : undefined)).catch(() => undefined);
  try {
    return await Promise.race([running, given]);
  } catch (error) {
    if (late) await atMost(undoMs, undone);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function atMost(timeMs: number, task: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeMs);
  await Promise.race([task, over]);
  clearTimeout(timer);
}

function timedOut(what: string, timeoutMs: number): HoldfastError {
  return new HoldfastError('HF_STORAGE_TIMEOUT', {
    kind: 'timeout',
    retry: 'yes',
    message: `${what} did not end within ${formatDuration(timeoutMs)}`,
    hint: 'Look whether the storage behind it still answers',
  });
}
