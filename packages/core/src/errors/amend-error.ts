import { HoldfastError, type HoldfastErrorInit } from './holdfast-error.js';

export type ErrorAmendment = Partial<Pick<HoldfastErrorInit, 'retry' | 'operation' | 'context'>>;

/** The same error knowing more: what it already says stays, but for `retry`, which the amendment decides. Never a wrapper around it. */
export function amendError(error: HoldfastError, amendment: ErrorAmendment): HoldfastError {
  const { code, kind, message, hint, cause } = error;
  const operation = error.operation ?? amendment.operation;
  const amended = new HoldfastError(code, {
    message,
    kind,
    retry: amendment.retry ?? error.retry,
    context: { ...amendment.context, ...error.context },
    ...(operation === undefined ? {} : { operation }),
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
  if (error.stack !== undefined) amended.stack = error.stack;
  return amended;
}
