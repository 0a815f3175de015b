import type { CallOptions } from '../storage/storage-driver.js';
import type { HoldfastError } from '../errors/holdfast-error.js';
import { type Look, look } from './look.js';
import { systemWaitClock, type WaitClock } from './wait-clock.js';
import { abortedWait, failedState, lateState, type WaitSubject } from './wait-errors.js';

/** What a state of a resource means for whoever waits for it. `state` is the provider's own word, for messages. */
export type Standing =
  | { readonly standing: 'pending' | 'ready'; readonly state: string }
  | { readonly standing: 'failed'; readonly state: string; readonly reason: string };

export interface WaitRequest<Resource> extends WaitSubject {
  /** Asks once; undefined, or an error of kind `not-found`, where there is no such resource. Errors are HoldfastErrors: `retry` says which ones pass. */
  readonly read: (options: { readonly signal: AbortSignal }) => Promise<Resource | undefined>;
  readonly classify: (resource: Resource) => Standing;
  /** Between the first two looks; it grows by half each time. */
  readonly minDelayMs: number;
  /** At most this long after the resource is ready, the wait knows. */
  readonly maxDelayMs: number;
  readonly deadlineMs: number;
  /** How long a resource that was just made may not be seen yet. Default 30,000; 0 where it was seen before. */
  readonly absentForMs?: number;
  /** For one look. Default 30,000. */
  readonly callTimeoutMs?: number;
}

export interface WaitProgress {
  readonly resource: string;
  readonly state: string;
  readonly elapsedMs: number;
  /** Why this look told no state: an error that passes. The state is then the last one that was told. */
  readonly passing?: HoldfastError;
}

export interface WaitOptions extends CallOptions {
  /** Called after every look. */
  readonly onProgress?: ((progress: WaitProgress) => void) | undefined;
  readonly clock?: WaitClock | undefined;
}

/**
 * Looks at a resource until it is ready, and gives it.
 *
 * - A failed state rejects at once with HF_PROVISION_FAILED and the provider's reason; an error that does not pass rejects at once as it is.
 * - Absence is waited out for `absentForMs`, then it is a failure.
 * - At the deadline it looks once more, then rejects with HF_PROVISION_TIMEOUT and the last error that passed as its cause.
 * - Aborted: HF_ABORTED, at once, also while a call hangs.
 */
export async function waitUntil<Resource>(request: WaitRequest<Resource>, options: WaitOptions = {}): Promise<Resource> {
  const absentForMs = request.absentForMs ?? 30_000;
  return await poll(request, options, (seen, elapsedMs) => {
    if (seen === undefined) {
      if (elapsedMs >= absentForMs) throw failedState(request, 'absent', 'it is not there');
      return { state: 'absent' };
    }
    const found = request.classify(seen);
    if (found.standing === 'failed') throw failedState(request, found.state, found.reason);
    return found.standing === 'ready' ? { state: found.state, result: { value: seen } } : { state: found.state };
  });
}

/** Looks until the resource is gone. A `failed` state rejects, `ready` and `pending` are waited out. */
export async function waitUntilGone<Resource>(request: WaitRequest<Resource>, options: WaitOptions = {}): Promise<void> {
  return await poll(request, options, (seen) => {
    if (seen === undefined) return { state: 'gone', result: { value: undefined } };
    const found = request.classify(seen);
    if (found.standing === 'failed') throw failedState(request, found.state, found.reason);
    return { state: found.state };
  });
}

type Judge<Resource, Result> = (
  seen: Resource | undefined,
  elapsedMs: number,
) => { readonly state: string; readonly result?: { readonly value: Result } };

async function poll<Resource, Result>(request: WaitRequest<Resource>, options: WaitOptions, judge: Judge<Resource, Result>): Promise<Result> {
  const { clock = systemWaitClock, signal, onProgress } = options;
  const begunMs = clock.monotonicMs();
  let delayMs = request.minDelayMs;
  let state = 'unknown';
  let passing: HoldfastError | undefined;
  try {
    for (;;) {
      const leftMs = request.deadlineMs - (clock.monotonicMs() - begunMs);
      const seen: Look<Resource> = await look(request.read, { limitMs: limitOf(request, leftMs), signal });
      const elapsedMs = clock.monotonicMs() - begunMs;
      passing = 'passing' in seen ? seen.passing : undefined;
      if ('resource' in seen) {
        const judged = judge(seen.resource, elapsedMs);
        state = judged.state;
        onProgress?.({ resource: request.resource, state, elapsedMs });
        if (judged.result !== undefined) return judged.result.value;
      } else onProgress?.({ resource: request.resource, state, elapsedMs, passing: seen.passing });
      if (elapsedMs >= request.deadlineMs) throw lateState(request, state, elapsedMs, passing);
      await clock.sleep(Math.min(delayMs, request.deadlineMs - elapsedMs), signal === undefined ? {} : { signal });
      delayMs = Math.min(delayMs * 1.5, request.maxDelayMs);
    }
  } catch (error) {
    throw signal?.aborted === true ? abortedWait(request, state, error) : error;
  }
}

/** The last look, at the deadline, gets a second to be answered. */
function limitOf({ callTimeoutMs = 30_000 }: { readonly callTimeoutMs?: number }, leftMs: number): number {
  return Math.ceil(Math.min(callTimeoutMs, Math.max(leftMs, 1000)));
}
