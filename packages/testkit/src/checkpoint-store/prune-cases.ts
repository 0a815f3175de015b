import { deepEqual, equal, ok } from 'node:assert/strict';
import type { CheckpointStore, CheckpointSummary, Epoch } from '@holdfast/core';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, holder, newest, storeCase } from './fixture.js';
import { commitBytes, memoryObject, patternBytes, readBytes, withChangedPages } from './objects.js';

const page = 4096;

function generation(index: number): Buffer {
  const pages = Array.from({ length: index }, (_, at) => at * 5 + 1);
  return withChangedPages(patternBytes(200 * page, 1), pages);
}

async function generations(store: CheckpointStore, epoch: Epoch, count: number): Promise<CheckpointSummary[]> {
  const summaries: CheckpointSummary[] = [];
  for (let index = 0; index < count; index += 1) summaries.push(await commitBytes(store, epoch, summaries.at(-1), generation(index)));
  return summaries;
}

async function numbers(store: CheckpointStore): Promise<readonly number[]> {
  return (await store.list('job')).map(({ number }) => number);
}

export const pruneCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('prune keeps the newest snapshots, whole', async (store, elsewhere) => {
    const [one, two, three, four] = await generations(store, await store.claim('job', holder('a'), newest), 4);
    const report = await elsewhere.prune('job', { keep: 2 });
    deepEqual(
      report.removed.toSorted((a, b) => a.number - b.number),
      [one, two].map((each) => ({ number: each?.number, reason: 'keep' })),
    );
    deepEqual(await numbers(store), [four?.number, three?.number]);
    ok((await readBytes(store, 'job', three?.number ?? 0)).equals(generation(2)));
    ok((await readBytes(store, 'job', four?.number ?? 0)).equals(generation(3)));
    ok((await store.verify('job')).ok);
  }),
  storeCase('prune keeps what is protected', async (store) => {
    const [one, , three] = await generations(store, await store.claim('job', holder('a'), newest), 3);
    await store.prune('job', { keep: 1, protect: [one?.number ?? 0, 4711] });
    deepEqual(await numbers(store), [three?.number, one?.number]);
    ok((await readBytes(store, 'job', one?.number ?? 0)).equals(generation(0)));
  }),
  storeCase('prune that was decided for another epoch than the newest is refused', async (store) => {
    const first = await store.claim('job', holder('a'), newest);
    await generations(store, first, 2);
    const second = await store.claim('job', holder('b'), newest);
    await assertRejects(store.prune('job', { keep: 0, evenNewest: true, epoch: first.epoch }), { kind: 'fenced' });
    deepEqual((await numbers(store)).length, 2);
    await store.prune('job', { keep: 1, epoch: second.epoch });
    deepEqual((await numbers(store)).length, 1);
  }),
  storeCase('prune frees the packs that nothing refers to any more', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, epoch, undefined, patternBytes(200 * page, 1));
    const two = await commitBytes(store, epoch, one, patternBytes(200 * page, 2));
    const report = await store.prune('job', { keep: 1, graceMs: 0 });
    ok(report.freedBytes > 100 * page && report.removedFiles >= 2, JSON.stringify(report));
    ok((await readBytes(store, 'job', two.number)).equals(patternBytes(200 * page, 2)));
  }),
  storeCase('prune removes what a later epoch left behind', async (store) => {
    const [one, two] = await generations(store, await store.claim('job', holder('a'), newest), 2);
    const epoch = await store.claim('job', holder('b'), { kind: 'checkpoint', number: one?.number ?? 0 });
    const three = await commitBytes(store, epoch, one, generation(5));
    const { removed } = await store.prune('job', { keep: 5 });
    deepEqual(removed, [{ number: two?.number, reason: 'left-behind' }]);
    deepEqual(await numbers(store), [three.number, one?.number]);
    ok((await readBytes(store, 'job', one?.number ?? 0)).equals(generation(0)));
  }),
  storeCase('prune leaves a snapshot alone that is being written', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const [, two] = await generations(store, epoch, 2);
    await using writer = await store.begin(epoch, two);
    await writer.put(memoryObject('memory', patternBytes(600 * page, 9)));
    await elsewhere.prune('job', { keep: 1, graceMs: 0 });
    const { outcome, summary } = await writer.commit({});
    equal(outcome, 'committed');
    ok((await readBytes(elsewhere, 'job', summary.number)).equals(patternBytes(600 * page, 9)));
  }),
  storeCase('prune again removes nothing more', async (store) => {
    await generations(store, await store.claim('job', holder('a'), newest), 3);
    await store.prune('job', { keep: 1, graceMs: 0 });
    const nothing = { removed: [], waiting: [], removedFiles: 0, freedBytes: 0, rewrittenPacks: 0 };
    deepEqual(await store.prune('job', { keep: 1, graceMs: 0 }), nothing);
    deepEqual(await store.prune('unknown', { keep: 1 }), nothing);
  }),
  storeCase('prune refuses to keep nothing', async (store) => {
    for (const keep of [0, -1, 1.5, Number.NaN]) await assertRejects(store.prune('job', { keep }), { kind: 'invalid-argument' });
    await assertRejects(store.prune('job', { keep: -1, evenNewest: true }), { kind: 'invalid-argument' });
  }),
  storeCase('of a job that is over prune may keep nothing', async (store) => {
    await generations(store, await store.claim('job', holder('a'), newest), 2);
    const nothing = { keep: 0, evenNewest: true, graceMs: 0 };
    equal((await store.prune('job', nothing)).removed.length, 2);
    deepEqual([await numbers(store), (await store.state('job')).newest], [[], undefined]);
    const ended = await store.claim('ended', holder('a'), newest);
    await commitBytes(store, ended, undefined, patternBytes(200 * page, 1));
    await store.end(ended, { exitCode: 0, endedAt: new Date().toISOString() });
    ok((await store.prune('ended', nothing)).freedBytes > 100 * page);
  }),
  storeCase('usage tells what each snapshot takes that no newer one needs, and which cannot go', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const before = patternBytes(600 * page, 1);
    const one = await commitBytes(store, epoch, undefined, before);
    const two = await commitBytes(store, epoch, one, Buffer.concat([before.subarray(0, 300 * page), patternBytes(300 * page, 2)]));
    await using _reader = await elsewhere.open(one);
    const usage = await store.usage('job');
    deepEqual(
      usage.map(({ number, createdAt, eligible, held }) => [number, createdAt, eligible, held]),
      [
        [two.number, two.createdAt, true, false],
        [one.number, one.createdAt, true, true],
      ],
    );
    const [newer, older] = usage.map(({ bytes }) => bytes / page);
    // Blocks are of 256 pages at most: two thirds of the first snapshot may still be needed for half of its pages.
    ok(newer !== undefined && newer > 550 && newer < 900, `${newer} pages`);
    ok(older !== undefined && older > 50 && older < 350, `${older} pages`);
    deepEqual(await store.usage('unknown'), []);
  }),
  storeCase('what prune removed is not listed, chosen or opened, and frees its space once the grace is over', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, epoch, undefined, patternBytes(200 * page, 1));
    const two = await commitBytes(store, epoch, one, patternBytes(200 * page, 2));
    const first = await store.prune('job', { keep: 1, graceMs: 3_600_000 });
    deepEqual([first.removed.length, first.waiting, first.removedFiles, first.freedBytes], [1, [one.number], 0, 0]);
    deepEqual(await numbers(elsewhere), [two.number]);
    await assertRejects(elsewhere.open(one), { kind: 'not-found' });
    await assertRejects(elsewhere.claim('job', holder('b'), { kind: 'checkpoint', number: one.number }), { code: 'HF_CHECKPOINT_MISSING' });
    const early = await elsewhere.prune('job', { keep: 1, graceMs: 3_600_000 });
    deepEqual([early.removed, early.waiting, early.removedFiles], [[], [one.number], 0]);
    const late = await elsewhere.prune('job', { keep: 1, graceMs: 0 });
    deepEqual([late.removed, late.waiting], [[], []]);
    ok(late.freedBytes > 100 * page, JSON.stringify(late));
    ok((await readBytes(store, 'job', two.number)).equals(patternBytes(200 * page, 2)));
  }),
  storeCase('a snapshot that is open stays whole while others prune, and goes after that', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, epoch, undefined, patternBytes(200 * page, 1));
    await commitBytes(store, epoch, one, patternBytes(200 * page, 2));
    const reader = await store.open(one);
    await elsewhere.prune('job', { keep: 1, graceMs: 0 });
    await reader.verify();
    ok(Buffer.from(await reader.read('memory')).equals(patternBytes(200 * page, 1)));
    await reader[Symbol.asyncDispose]();
    const { removed, freedBytes } = await elsewhere.prune('job', { keep: 1, graceMs: 0 });
    deepEqual(removed, [{ number: one.number, reason: 'keep' }]);
    ok(freedBytes > 100 * page);
  }),
  storeCase('a pack of which little is needed is written anew, and every snapshot still reads', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const [before, tail] = [patternBytes(600 * page, 1), patternBytes(450 * page, 2)];
    const after = Buffer.concat([before.subarray(0, 150 * page), tail]);
    const one = await commitBytes(store, epoch, undefined, before);
    const two = await commitBytes(store, epoch, one, after);
    const kept = await store.prune('job', { keep: 1, graceMs: 0, repackBelow: 0 });
    deepEqual([kept.rewrittenPacks, kept.removed.length], [0, 1]);
    let copied = 0;
    const { rewrittenPacks, freedBytes } = await store.prune('job', { keep: 1, graceMs: 0 }, { onProgress: (bytes) => (copied += bytes) });
    deepEqual(rewrittenPacks, 1);
    ok(freedBytes > 250 * page && copied > 100 * page && copied < 300 * page, `${freedBytes} freed, ${copied} copied`);
    ok((await readBytes(elsewhere, 'job', two.number)).equals(after));
    ok((await elsewhere.verify('job')).ok);
    const three = await commitBytes(store, epoch, two, after);
    deepEqual((await elsewhere.prune('job', { keep: 1, graceMs: 0 })).rewrittenPacks, 0);
    ok((await readBytes(store, 'job', three.number)).equals(after));
  }),
  storeCase('a dry run tells what would be removed, and removes nothing', async (store, elsewhere) => {
    const [one, two] = await generations(store, await store.claim('job', holder('a'), newest), 2);
    const report = await store.prune('job', { keep: 1, graceMs: 0, dryRun: true });
    deepEqual([report.removed, report.removedFiles], [[{ number: one?.number, reason: 'keep' }], 0]);
    deepEqual(await numbers(elsewhere), [two?.number, one?.number]);
  }),
  storeCase('numbers of snapshots that were pruned are not used again', async (store) => {
    const first = await store.claim('job', holder('a'), newest);
    const [one, two] = await generations(store, first, 2);
    const second = await store.claim('job', holder('b'), { kind: 'checkpoint', number: one?.number ?? 0 });
    await store.prune('job', { keep: 1 });
    const third = await store.claim('job', holder('c'), newest);
    ok(second.firstNumber > (two?.number ?? 0) && third.firstNumber > (two?.number ?? 0));
    ok((await commitBytes(store, third, one, generation(3))).number > (two?.number ?? 0));
  }),
];
