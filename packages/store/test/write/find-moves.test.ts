import type { PageRun } from '@holdfast/core';
import { randomFrom } from '@holdfast/testkit/faults';
import { expect, test } from 'vitest';
import { findMoves } from '../../src/write/find-moves.js';

type Piece = readonly [firstPage: number, pageCount: number];

function runs(...pieces: readonly Piece[]): { readonly runFirst: Float64Array; readonly runCount: Float64Array } {
  return { runFirst: Float64Array.from(pieces, ([first]) => first), runCount: Float64Array.from(pieces, ([, count]) => count) };
}

test.each<readonly [string, readonly Piece[], readonly Piece[], readonly (readonly [number, number, number])[]]>([
  ['nothing moved', [[10, 50]], [[10, 50]], []],
  [
    'memory only came',
    [[10, 50]],
    [
      [10, 50],
      [100, 40],
    ],
    [],
  ],
  [
    'memory only went',
    [
      [10, 50],
      [100, 40],
    ],
    [[10, 50]],
    [],
  ],
  [
    'a mapping moved',
    [
      [10, 50],
      [100, 40],
    ],
    [
      [10, 50],
      [203, 40],
    ],
    [[203, 40, 100]],
  ],
  ['a mapping moved and grew', [[100, 40]], [[203, 60]], [[203, 40, 100]]],
  ['a mapping moved and shrank', [[100, 40]], [[203, 20]], [[203, 20, 100]]],
  [
    'a mapping with holes moved down',
    [
      [500, 20],
      [525, 9],
      [540, 30],
    ],
    [
      [7, 20],
      [32, 9],
      [47, 30],
    ],
    [
      [7, 20, 500],
      [32, 9, 525],
      [47, 30, 540],
    ],
  ],
  [
    'two mappings changed their order',
    [
      [100, 40],
      [200, 70],
    ],
    [
      [1000, 70],
      [2000, 40],
    ],
    [
      [1000, 70, 200],
      [2000, 40, 100],
    ],
  ],
  ['a mapping moved so far that it meets itself', [[100, 40]], [[130, 40]], [[140, 30, 100]]],
  ['a mapping too small to look for', [[100, 15]], [[200, 15]], []],
])('%s', (_, before, after, moves) => {
  expect(findMoves(runs(...before), runs(...after)).map(({ firstPage, pageCount, fromPage }) => [firstPage, pageCount, fromPage])).toEqual(moves);
});

test('moves lead from pages that are gone to pages that are new, each once, in order', () => {
  const random = randomFrom(12);
  let found = 0;
  for (let round = 0; round < 300; round += 1) {
    const [before, after] = [randomRuns(), randomRuns()];
    const [old, now] = [pagesOf(before), pagesOf(after)];
    let end = 0;
    const sources = new Set<number>();
    for (const move of findMoves(runs(...before), runs(...after))) {
      expect(move.firstPage).toBeGreaterThanOrEqual(end);
      end = move.firstPage + move.pageCount;
      for (let page = 0; page < move.pageCount; page += 1) {
        const [to, from] = [move.firstPage + page, move.fromPage + page];
        expect([now.has(to), old.has(to), old.has(from), now.has(from), sources.has(from)]).toEqual([true, false, true, false, false]);
        sources.add(from);
        found += 1;
      }
    }
  }
  expect(found).toBeGreaterThan(10_000);

  function randomRuns(): readonly Piece[] {
    const pieces: Piece[] = [];
    for (let first = random(100); pieces.length < 1 + random(12); first += 1 + random(80)) {
      pieces.push([first, 1 + random(60)]);
      first += pieces.at(-1)?.[1] ?? 0;
    }
    return pieces;
  }
});

test('of an object in very many pieces nothing is looked for', () => {
  const many = (start: number): PageRun[] => Array.from({ length: 60_000 }, (_, at) => ({ firstPage: start + at * 40, pageCount: 30 }));
  const columns = (all: readonly PageRun[]): ReturnType<typeof runs> =>
    runs(...all.map(({ firstPage, pageCount }) => [firstPage, pageCount] as const));
  expect(findMoves(columns(many(0)), columns(many(10_000_000)))).toEqual([]);
});

function pagesOf(pieces: readonly Piece[]): ReadonlySet<number> {
  return new Set(pieces.flatMap(([first, count]) => Array.from({ length: count }, (_, at) => first + at)));
}
