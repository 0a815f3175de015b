import { HoldfastError, isHoldfastError } from '@holdfast/core';

/** Says of everything that an abort made fail that it was the abort; the rest stays what it is. */
export async function untilAborted<T>(operation: 'export' | 'import', signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await work();
  } catch (error) {
    if (signal?.aborted !== true || (isHoldfastError(error) && error.kind === 'aborted')) throw error;
    throw new HoldfastError('HF_ABORTED', { message: `the ${operation} was aborted`, kind: 'aborted', operation, cause: error });
  }
}
