import { expect, test } from 'vitest';
import { mergeRoots } from '../../src/files/merge-roots.js';

function ids(...paths: readonly string[]): string[] {
  return mergeRoots(paths.map((hostPath, number) => ({ id: `${number}`, hostPath, destination: hostPath, private: false }))).map(
    ({ hostPath }) => hostPath,
  );
}

test('of roots inside each other the outer stays, whichever came first', () => {
  expect(ids('/jobs/a', '/jobs', '/data')).toEqual(['/jobs', '/data']);
  expect(ids('/jobs', '/jobs/a/b', '/jobs/a')).toEqual(['/jobs']);
});

test('a root named twice stays once, and a longer name beside it stays', () => {
  expect(ids('/jobs', '/jobs', '/jobsshop')).toEqual(['/jobs', '/jobsshop']);
});
