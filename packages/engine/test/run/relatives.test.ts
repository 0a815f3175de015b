import { expect, test } from 'vitest';
import { familyOf, isRelative } from '../../src/run/relatives.js';

const a = { job: 'a' };
const b = { job: 'b', family: familyOf('b', [{ job: 'a', number: 3 }]) };
const c = {
  job: 'c',
  family: familyOf('c', [
    { job: 'b', number: 1 },
    { job: 'a', number: 3 },
  ]),
};
const other = { job: 'other', family: ['other'] };

test('a family is the job and all that it was made from, each once', () => {
  expect(
    familyOf(
      'b',
      [1, 2].map((number) => ({ job: 'a', number })),
    ),
  ).toEqual(['b', 'a']);
});

test.each([
  ['the source of a fork', a, 'b', b.family, true],
  ['a fork of the job', b, 'a', ['a'], true],
  ['another fork of the same job', b, 'c', c.family, true],
  ['a job of no relation', other, 'b', b.family, false],
  ['the job itself', b, 'b', b.family, false],
])('%s is a relative: %j', (_what, record, job, family, expected) => {
  expect(isRelative(record, job, family)).toBe(expected);
});
