import { HoldfastError } from '@holdfast/core';

/** For a server that wants a password where none is configured. */
export const missingPasswordHint =
  'Set the variable HOLDFAST_CATALOG_PASSWORD, or say in the configuration where the password comes from: passwordVariable, passwordFile, passwordCommand or passwordSecret';

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
