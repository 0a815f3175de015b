import { deepEqual, equal, ok } from 'node:assert/strict';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, holder, newest, storeCase } from './fixture.js';
import { commitBytes, patternBytes } from './objects.js';

const bytes = patternBytes(8192, 1);
const end = { exitCode: 3, endedAt: '2026-01-02T03:04:05.000Z' };

export const epochCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('an unknown job is an empty state, not an error', async (store) => {
    deepEqual(await store.state('job'), { job: 'job', epoch: undefined, newest: undefined, sources: [] });
    deepEqual(await store.list('job'), []);
    deepEqual(await store.jobs(), []);
  }),
  storeCase('the state tells the newest epoch, its holder and the newest snapshot', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const { number } = await commitBytes(store, epoch, undefined, bytes);
    const state = await elsewhere.state('job');
    equal(state.newest, number);
    ok(state.epoch !== undefined);
    const { claimedAt, ...rest } = state.epoch;
    deepEqual(rest, { ...epoch, holder: holder('a'), end: undefined });
    ok(Math.abs(Date.parse(claimedAt) - Date.now()) < 3_600_000);
  }),
  storeCase('jobs are listed once claimed', async (store, elsewhere) => {
    await store.claim('b', holder('a'), newest);
    await store.claim('a', holder('a'), newest);
    deepEqual([...(await elsewhere.jobs())].sort(), ['a', 'b']);
  }),
  storeCase('an epoch is current until a higher one is claimed', async (store, elsewhere) => {
    const first = await store.claim('job', holder('a'), newest);
    await elsewhere.assertCurrent(first);
    const second = await elsewhere.claim('job', holder('b'), newest);
    await assertRejects(store.assertCurrent(first), { kind: 'fenced' });
    await store.assertCurrent(second);
  }),
  storeCase('how the job ended is noted and told', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await store.end(epoch, end);
    deepEqual((await elsewhere.state('job')).epoch?.end, end);
  }),
  storeCase('the same end again is harmless, another one is refused', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await store.end(epoch, end);
    await elsewhere.end(epoch, end);
    await assertRejects(elsewhere.end(epoch, { ...end, exitCode: 0 }), { kind: 'conflict' });
    deepEqual((await store.state('job')).epoch?.end, end);
  }),
  storeCase('only the newest epoch can note an end', async (store) => {
    const first = await store.claim('job', holder('a'), newest);
    await store.claim('job', holder('b'), newest);
    await assertRejects(store.end(first, end), { kind: 'fenced' });
    equal((await store.state('job')).epoch?.end, undefined);
  }),
  storeCase('a snapshot cannot be begun under an epoch that is over', async (store) => {
    const first = await store.claim('job', holder('a'), newest);
    await store.claim('job', holder('b'), newest);
    await assertRejects(store.begin(first, undefined), { kind: 'fenced' });
  }),
  storeCase('a snapshot cannot be begun on a parent that is not there or was left behind', async (store) => {
    const first = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, first, undefined, bytes);
    await assertRejects(store.begin(first, { ...one, number: one.number + 1 }), { kind: 'not-found' });
    const second = await store.claim('job', holder('b'), { kind: 'fresh' });
    await assertRejects(store.begin(second, one), { kind: 'not-found' });
  }),
  storeCase('every call that is aborted before it begins rejects with kind aborted', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const { number } = await commitBytes(store, epoch, undefined, bytes);
    await using reader = await store.open({ job: 'job', number });
    const gone = { signal: AbortSignal.abort() };
    const calls = [
      () => store.jobs(gone),
      () => store.state('job', gone),
      () => store.assertCurrent(epoch, gone),
      () => store.end(epoch, end, gone),
      () => store.begin(epoch, undefined, gone),
      () => store.open({ job: 'job', number }, gone),
      () => store.list('job', gone),
      () => store.verify('job', gone),
      () => store.prune('job', { keep: 1 }, gone),
      () => reader.read('memory', gone),
      () => reader.verify(gone),
    ];
    for (const call of calls) await assertRejects(call, { kind: 'aborted' });
  }),
];
