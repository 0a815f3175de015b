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
    deepEqual(new Set(report.removedSnapshots), new Set([one?.number, two?.number]));
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
  storeCase('prune frees the packs that nothing refers to any more', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, epoch, undefined, patternBytes(200 * page, 1));
    const two = await commitBytes(store, epoch, one, patternBytes(200 * page, 2));
    const report = await store.prune('job', { keep: 1 });
    ok(report.freedBytes > 100 * page && report.removedFiles >= 2, JSON.stringify(report));
    ok((await readBytes(store, 'job', two.number)).equals(patternBytes(200 * page, 2)));
  }),
  storeCase('prune removes what a later epoch left behind', async (store) => {
    const [one, two] = await generations(store, await store.claim('job', holder('a'), newest), 2);
    const epoch = await store.claim('job', holder('b'), { kind: 'checkpoint', number: one?.number ?? 0 });
    const three = await commitBytes(store, epoch, one, generation(5));
    const { removedSnapshots } = await store.prune('job', { keep: 5 });
    deepEqual(removedSnapshots, [two?.number]);
    deepEqual(await numbers(store), [three.number, one?.number]);
    ok((await readBytes(store, 'job', one?.number ?? 0)).equals(generation(0)));
  }),
  storeCase('prune leaves a snapshot alone that is being written', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const [, two] = await generations(store, epoch, 2);
    await using writer = await store.begin(epoch, two);
    await writer.put(memoryObject('memory', patternBytes(600 * page, 9)));
    await elsewhere.prune('job', { keep: 1 });
    const { outcome, summary } = await writer.commit({});
    equal(outcome, 'committed');
    ok((await readBytes(elsewhere, 'job', summary.number)).equals(patternBytes(600 * page, 9)));
  }),
  storeCase('prune again removes nothing more', async (store) => {
    await generations(store, await store.claim('job', holder('a'), newest), 3);
    await store.prune('job', { keep: 1 });
    deepEqual(await store.prune('job', { keep: 1 }), { removedSnapshots: [], removedFiles: 0, freedBytes: 0 });
    deepEqual((await store.prune('unknown', { keep: 1 })).removedFiles, 0);
  }),
  storeCase('prune refuses to keep nothing', async (store) => {
    for (const keep of [0, -1, 1.5, Number.NaN]) await assertRejects(store.prune('job', { keep }), { kind: 'invalid-argument' });
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
