import { expect, test } from 'vitest';
import { judgePacks } from '../../src/maintenance/judge-packs.js';
import type { SurveyedPack } from '../../src/maintenance/surveyed-pack.js';

function pack(file: string, generation: number, ids: string | undefined): SurveyedPack {
  const entry = { offset: 0, lengthBytes: 100, pageCount: 1, codec: 0, flags: 0, keyId: 0, digest: Buffer.alloc(32) };
  const entries = ids === undefined ? undefined : ids.split('').map((id) => ({ ...entry, id }));
  return { file, name: { number: 1, epoch: 1, attempt: 'a' }, generation, modifiedMs: generation * 1000, entries };
}

function verdicts(needed: string, packs: readonly SurveyedPack[], named: readonly string[] = []): unknown {
  const { useless, superseded, sparse } = judgePacks(packs, { ids: new Set(needed), packs: new Set(named) }, 0.5);
  return {
    useless: useless.map(({ file }) => file),
    superseded: superseded.map((each) => `${each.pack.file} since ${each.sinceMs}`),
    sparse: sparse.map((each) => `${each.pack.file}: ${[...each.live].join('')} ${each.liveBytes}`),
  };
}

test('a pack of which at least half is needed stays, one of which less is needed is sparse, the emptiest first', () => {
  expect(verdicts('abe', [pack('p', 0, 'abcd'), pack('q', 0, 'efgh'), pack('r', 0, 'eijklm')])).toEqual({
    useless: [],
    superseded: [],
    sparse: ['r: e 100', 'q: e 100'],
  });
});

test('a pack of which nothing is needed is useless', () => {
  expect(verdicts('a', [pack('p', 0, 'a'), pack('q', 0, 'bc')])).toEqual({ useless: ['q'], superseded: [], sparse: [] });
});

test('a damaged pack that a manifest names stays, another one is useless', () => {
  expect(verdicts('a', [pack('p', 0, undefined), pack('q', 0, undefined)], ['p'])).toEqual({ useless: ['q'], superseded: [], sparse: [] });
});

test('a pack is superseded by packs of later generations together', () => {
  expect(verdicts('ab', [pack('p', 0, 'abcdef'), pack('q', 1, 'a'), pack('r', 2, 'b')])).toEqual({
    useless: [],
    superseded: ['p since 2000'],
    sparse: [],
  });
});

test('of two packs of one generation with the same blocks neither is given up for the other', () => {
  expect(verdicts('ab', [pack('p', 1, 'ab'), pack('q', 1, 'ab')])).toEqual({ useless: [], superseded: [], sparse: [] });
});

test('a block that lies in a later generation too does not count in the earlier one', () => {
  expect(verdicts('abc', [pack('p', 0, 'abcd'), pack('q', 1, 'ab')])).toEqual({ useless: [], superseded: [], sparse: ['p: c 100'] });
});

test('the order in which packs are listed decides nothing', () => {
  const packs = [pack('r', 2, 'b'), pack('q', 1, 'a'), pack('p', 0, 'abcdef')];
  expect(verdicts('ab', packs)).toEqual(verdicts('ab', packs.toReversed()));
});
