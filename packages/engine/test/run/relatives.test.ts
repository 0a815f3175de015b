import { expect, test } from 'vitest';
import { familyOf, isRelative, shareFiles } from '../../src/run/relatives.js';

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

test.each([
  ['apart', ['/data/a'], { paths: ['/data/b'], writesOutside: false }, false],
  ['with a name that begins alike', ['/data/a'], { paths: ['/data/ab'], writesOutside: false }, false],
  ['the same', ['/data/a', '/x'], { paths: ['/y', '/x'], writesOutside: false }, true],
  ['inside', ['/data'], { paths: ['/data/b'], writesOutside: false }, true],
  ['around', ['/data/a/b'], { paths: ['/data/a'], writesOutside: false }, true],
  ['apart, but with files of no root open for writing', ['/data/a'], { paths: ['/data/b'], writesOutside: true }, true],
  ['not known yet', undefined, { paths: ['/data/b'], writesOutside: false }, true],
  ['not known of the own', ['/data/a'], undefined, true],
] as const)('relatives whose folders are %s', (_what, paths, own, expected) => {
  expect(shareFiles(paths === undefined ? {} : { paths }, own)).toBe(expected);
});
