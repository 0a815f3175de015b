import { HoldfastError } from '@holdfast/core';
import { expect, it } from 'vitest';
import { dumpFailureIn, noTwin } from '../../src/twin/refused.js';

it('a dump that failed is told instead of the twin that was refused for it', () => {
  const failed = new HoldfastError('HF_DUMP_FAILED', { message: 'process sh is traced', kind: 'unsupported', operation: 'dump' });
  expect(dumpFailureIn(noTwin('dump', 'the dump that leaves memory out failed', failed))).toBe(failed);
});

it('what is no failure of a dump is told as it is', () => {
  const refused = noTwin('group', 'no control group can be made', new Error('EROFS'));
  expect(dumpFailureIn(refused)).toBe(refused);
  const other = new HoldfastError('HF_ABORTED', { message: 'the snapshot was aborted', kind: 'aborted', operation: 'dump', cause: refused });
  expect(dumpFailureIn(other)).toBe(other);
});
