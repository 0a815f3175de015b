import type { ErrorCode } from '../errors/codes.js';
import { HoldfastError } from '../errors/holdfast-error.js';

/** What a password is for, so that an error names it. */
export interface PasswordPurpose {
  /** Whose it is: `the catalog's password`. */
  readonly what: string;
  /** What an error is reported as. */
  readonly code: ErrorCode;
  readonly operation: string;
  /** The variable that holds it where nothing is configured. */
  readonly defaultVariable: string;
}

/** The password could not be had. Never holds what a source gave. */
export function passwordFailure(purpose: PasswordPurpose, message: string, hint: string, cause?: unknown): HoldfastError {
  return new HoldfastError(purpose.code, {
    kind: 'unavailable',
    message: `${purpose.what} is missing: ${message}`,
    hint,
    operation: purpose.operation,
    ...(cause === undefined ? {} : { cause }),
  });
}
