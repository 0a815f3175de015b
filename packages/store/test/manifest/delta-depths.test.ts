import { expect, test } from 'vitest';
import { deltaDepths } from '../../src/manifest/delta-depths.js';

test('a delta is one deeper than the deepest block that it needs', () => {
  expect([...deltaDepths([5, 1, 5, 2, 6, 5, 6, 0, 7, 6, 7, 5])]).toEqual([
    [5, 1],
    [6, 2],
    [7, 3],
  ]);
  expect(deltaDepths([]).size).toBe(0);
});

test('what needs itself, or more than readers follow, is deeper than any limit, however long the chain', () => {
  expect(deltaDepths([1, 1]).get(1)).toBe(Number.POSITIVE_INFINITY);
  expect(deltaDepths([1, 2, 2, 1, 3, 1]).get(3)).toBe(Number.POSITIVE_INFINITY);
  const chain = deltaDepths(Array.from({ length: 200_000 }, (_, at) => [at + 1, at]).flat());
  expect([chain.get(8), chain.get(9), chain.get(200_000)]).toEqual([8, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
});
