import { HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { exitCodeOf } from '../src/exit-codes.js';

test.each([
  ['HF_KEY_WRONG', 'permission', 2],
  ['HF_KEY_UNUSED', 'conflict', 2],
  ['HF_KEY_MISSING', 'invalid-argument', 2],
  ['HF_KEY_UNAVAILABLE', 'unavailable', 5],
  ['HF_JOB_HELD', 'conflict', 3],
] as const)('%s of kind %s ends a command with %i: only what may go away by itself is 3 or 5', (code, kind, status) => {
  expect(exitCodeOf(new HoldfastError(code, { kind, message: 'no' }))).toBe(status);
});
