import { HoldfastError, isHoldfastError } from '@holdfast/core';

/** The error itself where it is ours; else one of kind `unexpected` that keeps it as its cause. */
export function asHoldfastError(error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === 'AbortError')
    return new HoldfastError('HF_ABORTED', { message, kind: 'aborted', operation: 'run', cause: error });
  return new HoldfastError('HF_UNEXPECTED', { message, kind: 'unexpected', operation: 'run', cause: error });
}
