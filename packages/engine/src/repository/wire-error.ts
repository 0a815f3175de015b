import { HoldfastError, isHoldfastError } from '@holdfast/core/basics';
import type { WireError } from './protocol.js';

export function toWireError(error: unknown): WireError {
  if (isHoldfastError(error)) {
    const { code, kind, retry, message, operation, context, hint, stack } = error;
    return { code, kind, retry, message, operation, context, hint, stack };
  }
  const aborted = error instanceof Error && error.name === 'AbortError';
  return {
    code: aborted ? 'HF_ABORTED' : 'HF_UNEXPECTED',
    kind: aborted ? 'aborted' : 'unexpected',
    retry: 'no',
    message: error instanceof Error ? error.message : String(error),
    operation: undefined,
    context: {},
    hint: undefined,
    stack: error instanceof Error ? error.stack : undefined,
  };
}

export function fromWireError(wire: WireError): HoldfastError {
  const error = new HoldfastError(wire.code, {
    message: wire.message,
    kind: wire.kind,
    retry: wire.retry,
    context: wire.context,
    ...(wire.operation === undefined ? {} : { operation: wire.operation }),
    ...(wire.hint === undefined ? {} : { hint: wire.hint }),
  });
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}
