import { HoldfastError, isHoldfastError } from '@holdfast/core/basics';

/** What nobody foresaw gets a code too; its cause keeps the stack. */
export function asHoldfastError(error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  return new HoldfastError('HF_UNEXPECTED', {
    kind: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
    hint: 'This is a defect: run the same line with --verbose and report what it says',
    cause: error,
  });
}
