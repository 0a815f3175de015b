import { deepEqual, equal, ok } from 'node:assert/strict';
import type { CheckpointStore, CheckpointSummary } from '@holdfast/core';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, fresh, holder, newest, storeCase } from './fixture.js';
import { commitBytes, memoryObject, patternBytes, readBytes, withChangedPages } from './objects.js';

const page = 4096;
const state = (seed: number): Buffer => patternBytes(200 * page, seed);
const pruneAll = { keep: 1, graceMs: 0 };

/** A job `source` of snapshots that share nothing. */
async function snapshots(store: CheckpointStore, count: number): Promise<CheckpointSummary[]> {
  const epoch = await store.claim('source', holder('a'), newest);
  const made: CheckpointSummary[] = [];
  for (let seed = 1; seed <= count; seed += 1) made.push(await commitBytes(store, epoch, made.at(-1), state(seed)));
  return made;
}

export const forkCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('a fork is a new job whose first snapshot is the other one, in content and metadata, and stores nothing', async (store, elsewhere) => {
    const epoch = await store.claim('source', holder('a'), newest);
    await using writer = await store.begin(epoch, undefined);
    await writer.put(memoryObject('memory', state(1)));
    const { summary: one } = await writer.commit({ answer: 42 });
    const fork = await store.fork({ job: 'source', number: one.number }, 'new', holder('f'));
    deepEqual(await elsewhere.list('new'), [fork]);
    deepEqual(
      [fork.job, fork.parent, fork.eligible, fork.logicalBytes, fork.storedBytes, fork.createdAt],
      ['new', undefined, true, one.logicalBytes, 0, one.createdAt],
    );
    await using reader = await elsewhere.open(fork);
    deepEqual(reader.metadata, { answer: 42 });
    ok(Buffer.from(await reader.read('memory')).equals(state(1)));
    ok((await elsewhere.verify(undefined)).ok);
  }),
  storeCase('without a number the newest eligible snapshot is forked', async (store) => {
    const [one] = await snapshots(store, 2);
    await store.claim('source', holder('b'), { kind: 'checkpoint', number: one?.number ?? 0 });
    const { job, number } = await store.fork({ job: 'source' }, 'new', holder('f'));
    ok((await readBytes(store, job, number)).equals(state(1)));
  }),
  storeCase('a fork and the job it came from go on by themselves', async (store, elsewhere) => {
    const [one] = await snapshots(store, 1);
    const fork = await store.fork({ job: 'source' }, 'new', holder('f'));
    const epoch = await elsewhere.claim('new', holder('b'), newest);
    deepEqual([epoch.from?.number, epoch.from?.job], [fork.number, 'new']);
    const changed = withChangedPages(state(1), [3, 90]);
    const two = await commitBytes(elsewhere, epoch, fork, changed);
    ok(two.storedBytes < 150 * page && two.number > fork.number);
    deepEqual(
      (await store.list('source')).map(({ number }) => number),
      [one?.number],
    );
    const other = await store.claim('source', holder('c'), newest);
    await commitBytes(store, other, one, state(7));
    ok((await readBytes(store, 'new', two.number)).equals(changed));
  }),
  storeCase('a fork tells what it was made from, another job nothing', async (store, elsewhere) => {
    const [one] = await snapshots(store, 1);
    await store.fork({ job: 'source' }, 'new', holder('f'));
    deepEqual((await elsewhere.state('new')).sources, [{ job: 'source', number: one?.number }]);
    deepEqual((await elsewhere.state('source')).sources, []);
  }),
  storeCase('a fork stays whole whatever is pruned of the job it came from', async (store, elsewhere) => {
    const [one] = await snapshots(store, 3);
    const fork = await store.fork({ job: 'source', number: one?.number }, 'new', holder('f'));
    await elsewhere.prune('source', pruneAll);
    await elsewhere.prune('source', { keep: 0, evenNewest: true, graceMs: 0 });
    ok((await readBytes(store, 'new', fork.number)).equals(state(1)));
    const two = await commitBytes(store, await store.claim('new', holder('b'), newest), fork, withChangedPages(state(1), [3]));
    await elsewhere.prune('new', pruneAll);
    await elsewhere.prune('source', pruneAll);
    ok((await readBytes(store, 'new', two.number)).equals(withChangedPages(state(1), [3])));
    ok((await elsewhere.verify(undefined)).ok);
  }),
  storeCase('a fork of a fork stays whole whatever is pruned of both', async (store, elsewhere) => {
    const [one] = await snapshots(store, 2);
    const first = await store.fork({ job: 'source', number: one?.number }, 'new', holder('f'));
    const second = await commitBytes(store, await store.claim('new', holder('b'), newest), first, withChangedPages(state(1), [3]));
    const third = await store.fork({ job: 'new', number: second.number }, 'newer', holder('f'));
    await commitBytes(store, await store.claim('new', holder('c'), newest), second, state(9));
    for (const job of ['new', 'source', 'newer', 'source']) await elsewhere.prune(job, pruneAll);
    ok((await readBytes(store, 'newer', third.number)).equals(withChangedPages(state(1), [3])));
    ok((await elsewhere.verify(undefined)).ok);
  }),
  storeCase('a fork of a fork that needs the first job alone keeps that, and lets go of the other', async (store, elsewhere) => {
    const [one] = await snapshots(store, 2);
    const first = await store.fork({ job: 'source', number: one?.number }, 'new', holder('f'));
    const half = Buffer.concat([state(1).subarray(0, 100 * page), state(3).subarray(0, 100 * page)]);
    const second = await commitBytes(store, await store.claim('new', holder('b'), newest), first, half);
    const third = await store.fork({ job: 'new', number: second.number }, 'newer', holder('f'));
    const rest = Buffer.concat([state(1).subarray(0, 100 * page), state(4).subarray(0, 100 * page)]);
    const fourth = await commitBytes(store, await store.claim('newer', holder('b'), newest), third, rest);
    await commitBytes(store, await store.claim('new', holder('c'), newest), second, state(9));
    for (const job of ['newer', 'new', 'source', 'source']) await elsewhere.prune(job, pruneAll);
    deepEqual(
      (await store.list('new')).map(({ number }) => number),
      [second.number + 1],
    );
    ok((await readBytes(store, 'newer', fourth.number)).equals(rest));
    ok((await elsewhere.verify(undefined)).ok);
  }),
  storeCase('once a fork needs the other job no more, its own prune lets go of it', async (store, elsewhere) => {
    const [one] = await snapshots(store, 2);
    const fork = await store.fork({ job: 'source', number: one?.number }, 'new', holder('f'));
    await elsewhere.prune('source', pruneAll);
    equal((await store.list('source')).length, 2);
    await commitBytes(store, await store.claim('new', holder('b'), newest), fork, state(5));
    await elsewhere.prune('new', pruneAll);
    const { removed, freedBytes } = await elsewhere.prune('source', pruneAll);
    deepEqual(removed, [{ number: one?.number, reason: 'keep' }]);
    ok(freedBytes > 100 * page);
  }),
  storeCase('a name that is taken is refused, and what has it stays as it is', async (store) => {
    await snapshots(store, 2);
    await store.claim('claimed', holder('a'), fresh);
    const { number } = await store.fork({ job: 'source', number: 1 }, 'forked', holder('f'));
    for (const name of ['source', 'claimed', 'forked'])
      await assertRejects(store.fork({ job: 'source', number: 2 }, name, holder('g')), { code: 'HF_JOB_EXISTS', kind: 'conflict' });
    await assertRejects(store.fork({ job: 'source' }, 'a/b', holder('g')), { code: 'HF_JOB_NAME' });
    deepEqual(await store.list('claimed'), []);
    ok((await readBytes(store, 'forked', number)).equals(state(1)));
  }),
  storeCase('of forks to one name at the same time at most one resolves', async (store, elsewhere) => {
    await snapshots(store, 2);
    const forks = [1, 2, 1, 2].map((number, index) =>
      (index % 2 === 0 ? store : elsewhere).fork({ job: 'source', number }, 'new', holder(`f${index}`)),
    );
    const outcomes = await Promise.allSettled(forks);
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    ok(won.length <= 1);
    for (const [index, outcome] of outcomes.entries())
      if (outcome.status === 'rejected') await assertRejects(forks[index] ?? Promise.resolve(), { code: 'HF_JOB_EXISTS' });
    const expected = won[0]?.value;
    if (expected !== undefined) deepEqual((await store.state('new')).newest, expected.number);
    ok((await store.verify(undefined)).ok);
  }),
  storeCase('a snapshot that is not there, or was left behind, cannot be forked, and the name stays free', async (store) => {
    const [one, two] = await snapshots(store, 2);
    await store.claim('source', holder('b'), { kind: 'checkpoint', number: one?.number ?? 0 });
    for (const number of [two?.number, 99])
      await assertRejects(store.fork({ job: 'source', number }, 'new', holder('f')), { code: 'HF_CHECKPOINT_MISSING' });
    await assertRejects(store.fork({ job: 'unknown' }, 'new', holder('f')), { code: 'HF_CHECKPOINT_MISSING' });
    await assertRejects(store.fork({ job: 'source' }, 'new', holder('f'), { signal: AbortSignal.abort() }), { kind: 'aborted' });
    equal((await store.state('new')).epoch, undefined);
    await store.fork({ job: 'source' }, 'new', holder('f'));
  }),
];
