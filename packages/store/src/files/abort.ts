import { HoldfastError } from '@holdfast/core/basics';

/** Rejects with kind `aborted` where the caller has given up. */
export function throwIfAborted(signal: AbortSignal | undefined, operation: string): void {
  if (signal?.aborted !== true) return;
  throw new HoldfastError('HF_ABORTED', { message: `${operation} was aborted`, kind: 'aborted', operation, cause: signal.reason });
}
