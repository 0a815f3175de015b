import { HoldfastError } from '@holdfast/core';

export function keyUnavailable(message: string, hint: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_KEY_UNAVAILABLE', {
    message,
    kind: 'unavailable',
    operation: 'encryption.key',
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
