import { expect, test } from 'vitest';
import { mergeRoots } from '../../src/files/merge-roots.js';

function ids(...paths: readonly string[]): string[] {
  return mergeRoots(paths.map((hostPath, number) => ({ id: `${number}`, hostPath, destination: hostPath, private: false }))).map(
    ({ hostPath }) => hostPath,
  );
}

test('of roots inside each other the outer stays, whichever came first', () => {
  expect(ids('/work/a', '/work', '/data')).toEqual(['/work', '/data']);
  expect(ids('/work', '/work/a/b', '/work/a')).toEqual(['/work']);
});

test('a root named twice stays once, and a longer name beside it stays', () => {
  expect(ids('/work', '/work', '/workshop')).toEqual(['/work', '/workshop']);
});
