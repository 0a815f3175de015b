import { addAbortListener } from 'node:events';
import { HoldfastError, isHoldfastError } from '../errors/holdfast-error.js';

/** One look at a resource: it, its absence, or an error after which another look may do better. */
export type Look<Resource> = { readonly resource: Resource | undefined } | { readonly passing: HoldfastError };

/**
 * Reads once. An error with kind `not-found` is absence, one with retry advice `yes` passes; every other one is thrown: no access, a wrong
 * argument. A call that gives no answer in time passes too, also one that does not heed its signal.
 */
export async function look<Resource>(
  read: (options: { readonly signal: AbortSignal }) => Promise<Resource | undefined>,
  { limitMs, signal }: { readonly limitMs: number; readonly signal: AbortSignal | undefined },
): Promise<Look<Resource>> {
  const late = AbortSignal.timeout(limitMs);
  const end = signal === undefined ? late : AbortSignal.any([signal, late]);
  try {
    return { resource: await untilAborted(read({ signal: end }), end) };
  } catch (error) {
    signal?.throwIfAborted();
    if (late.aborted)
      return { passing: new HoldfastError('HF_CLOUD_UNAVAILABLE', { kind: 'unavailable', message: `no answer within ${limitMs} ms`, cause: error }) };
    if (!isHoldfastError(error)) throw error;
    if (error.kind === 'not-found') return { resource: undefined };
    if (error.retry !== 'yes') throw error;
    return { passing: error };
  }
}

async function untilAborted<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  if (signal.aborted) giveUp();
  using _ = addAbortListener(signal, giveUp);
  return await Promise.race([running, promise]);
}
