import { HoldfastError } from '@holdfast/core';

/** The password could not be had. Never holds what a source gave. */
export function passwordFailure(message: string, hint: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_CATALOG_UNAVAILABLE', {
    kind: 'unavailable',
    message: `the catalog's password is missing: ${message}`,
    hint,
    operation: 'catalog.connect',
    ...(cause === undefined ? {} : { cause }),
  });
}
