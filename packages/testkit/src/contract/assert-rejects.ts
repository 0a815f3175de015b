import { fail, ok } from 'node:assert/strict';
import { type ErrorCode, type ErrorKind, type HoldfastError, isHoldfastError } from '@holdfast/core';

/** Asserts that a call rejects with Holdfast's own error, of the kind and code given, and hands the error out. */
export async function assertRejects(
  call: Promise<unknown> | (() => unknown),
  expected: { readonly kind?: ErrorKind; readonly code?: ErrorCode },
): Promise<HoldfastError> {
  const error = await caught(call);
  ok(isHoldfastError(error), `rejected with ${String(error)}, which is no HoldfastError`);
  const { kind = error.kind, code = error.code } = expected;
  ok(error.kind === kind && error.code === code, `rejected with ${error.code} (${error.kind}) instead of ${code} (${kind}): ${error.message}`);
  return error;
}

async function caught(call: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof call === 'function' ? call() : call);
  } catch (error) {
    return error;
  }
  return fail('it did not reject');
}
