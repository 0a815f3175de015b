import type { PageRun } from '@holdfast/core';
import { expect, test } from 'vitest';
import type { ForkedTwins } from '../../src/twin/forked-twins.js';
import { KeptTwin } from '../../src/twin/kept-twin.js';
import { noTwin } from '../../src/twin/refused.js';

const runs = new Map<string, readonly PageRun[]>([['pagemap-1.img', [{ firstPage: 3, pageCount: 2 }]]]);
const nothing = new Map();
const changedPages = () => Promise.resolve([]);

/** Twins that may be lost, as they are while they are looked at and in the middle of a comparison. */
function twinsOf(lost = new AbortController(), comparing: () => void = () => undefined) {
  const drops: unknown[] = [];
  const twins = {
    get isKept() {
      return drops.length === 0 && !lost.signal.aborted;
    },
    lost: lost.signal,
    unchanged: () => {
      comparing();
      return Promise.resolve(runs);
    },
    drop: (how?: unknown) => Promise.resolve(void drops.push(how)),
  };
  return { twins: twins as unknown as ForkedTwins, drops };
}

test('twins that were kept tell what has not changed since their snapshot, once, and are ended', async () => {
  const kept = new KeptTwin();
  const { twins, drops } = twinsOf();
  expect(await kept.take(undefined, changedPages)).toEqual({ unchanged: nothing, changedFrom: undefined, keptTwinRefused: undefined });
  await kept.keep(4, twins, undefined);
  expect([kept.has(twins), drops]).toEqual([true, []]);
  expect(await kept.take(4, changedPages)).toEqual({ unchanged: runs, changedFrom: 4, keptTwinRefused: undefined });
  expect([kept.has(twins), drops]).toEqual([false, [{ frozen: true }]]);
  // The snapshot that took them has failed, or is taken a second time.
  expect(await kept.take(4, changedPages)).toEqual({ unchanged: nothing, changedFrom: undefined, keptTwinRefused: 'failed' });
});

test.each([
  ['no-twin', undefined, undefined],
  ['no-room', twinsOf(), 'no-room'],
  ['lost', twinsOf(aborted(noTwin('lost', 'the helper is gone'))), undefined],
])('twins that are not kept are ended at once, and the next snapshot tells why: %s', async (reason, given, shortage) => {
  const kept = new KeptTwin();
  await kept.keep(4, given?.twins, shortage);
  expect(given?.drops ?? ['none']).toHaveLength(1);
  expect(await kept.take(4, changedPages)).toEqual({ unchanged: nothing, changedFrom: undefined, keptTwinRefused: reason });
});

test.each(['while they are kept', 'while they are compared'])('twins that go for lack of room %s tell nothing, and why', async (when) => {
  const kept = new KeptTwin();
  const lost = new AbortController();
  const lose = (): void => lost.abort(noTwin('no-room', 'memory ran low'));
  const { twins, drops } = twinsOf(lost, when === 'while they are compared' ? lose : undefined);
  await kept.keep(4, twins, undefined);
  if (when === 'while they are kept') lose();
  expect(await kept.take(4, changedPages)).toEqual({ unchanged: nothing, changedFrom: undefined, keptTwinRefused: 'no-room' });
  expect(drops).toEqual([{ frozen: true }]);
});

test.each([
  ['failed', 3, changedPages],
  ['lost', 4, undefined],
] as const)('twins of another snapshot than the parent, or whose helper is gone, tell nothing: %s', async (reason, parent, compare) => {
  const kept = new KeptTwin();
  const { twins, drops } = twinsOf();
  await kept.keep(4, twins, undefined);
  expect(await kept.take(parent, compare)).toEqual({ unchanged: nothing, changedFrom: undefined, keptTwinRefused: reason });
  expect(drops).toEqual([{ frozen: true }]);
});

function aborted(reason: Error): AbortController {
  const controller = new AbortController();
  controller.abort(reason);
  return controller;
}
