import { amendError, HoldfastError, isHoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';

const error = new HoldfastError('HF_STORAGE_FULL', {
  kind: 'no-space',
  message: "'/x' is full",
  operation: 'store.commit',
  context: { path: '/x' },
  hint: 'Free space',
  cause: new Error('ENOSPC'),
});

test('an amended error is the same one, knowing more', () => {
  const amended = amendError(error, { operation: 'storage.flush', context: { storage: 'local:/x', path: '/y' }, retry: 'spent' });
  expect(amended).toMatchObject({
    code: 'HF_STORAGE_FULL',
    kind: 'no-space',
    message: "'/x' is full",
    operation: 'store.commit',
    hint: 'Free space',
    retry: 'spent',
  });
  expect(amended.context).toEqual({ storage: 'local:/x', path: '/x' });
  expect(amended.cause).toBe(error.cause);
  expect(amended.stack).toBe(error.stack);
});

test('only what is unavailable is to be retried by itself', () => {
  expect(error.retry).toBe('no');
  expect(new HoldfastError('HF_STORAGE_IO', { kind: 'unavailable', message: 'm' }).retry).toBe('yes');
});

test('an error of another copy of the package is one, and a look-alike is none', () => {
  const foreign = Object.assign(new Error('m'), { [Symbol.for('holdfast.error')]: true });
  expect(isHoldfastError(foreign)).toBe(true);
  expect(isHoldfastError({ code: 'HF_USAGE', kind: 'invalid-argument', message: 'm' })).toBe(false);
  expect(isHoldfastError(undefined)).toBe(false);
});
