import { deepEqual, equal, ok } from 'node:assert/strict';
import type { CheckpointStore, CheckpointSummary } from '@holdfast/core';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, fresh, holder, newest, storeCase } from './fixture.js';
import { commitBytes, patternBytes, readBytes } from './objects.js';

const state = (seed: number): Buffer => patternBytes(50 * 4096, seed);

async function snapshots(store: CheckpointStore, job: string, count: number): Promise<CheckpointSummary[]> {
  const epoch = await store.claim(job, holder('a'), newest);
  const made: CheckpointSummary[] = [];
  for (let seed = 1; seed <= count; seed += 1) made.push(await commitBytes(store, epoch, made.at(-1) ?? epoch.from, state(seed)));
  return made;
}

export const removeCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('a removed job is gone with all it had, those left behind included, and no other is', async (store, elsewhere) => {
    await snapshots(store, 'job', 2);
    await commitBytes(store, await store.claim('job', holder('b'), fresh), undefined, state(3));
    const [kept] = await snapshots(store, 'other', 1);
    const { snapshots: removed, freedBytes, gone } = await store.remove('job', holder('r'));
    deepEqual([removed, gone, freedBytes > 100_000], [3, true, true]);
    deepEqual([await elsewhere.jobs(), await elsewhere.list('job')], [['other'], []]);
    deepEqual(await elsewhere.state('job'), { job: 'job', epoch: undefined, newest: undefined, sources: [] });
    await assertRejects(elsewhere.open({ job: 'job', number: 1 }), { kind: 'not-found' });
    ok((await readBytes(elsewhere, 'other', kept?.number ?? 0)).equals(state(1)));
  }),
  storeCase('a job that is not there cannot be removed', async (store) => {
    await assertRejects(store.remove('job', holder('r')), { code: 'HF_JOB_MISSING' });
    await snapshots(store, 'job', 1);
    await store.remove('job', holder('r'));
    await assertRejects(store.remove('job', holder('r')), { code: 'HF_JOB_MISSING' });
  }),
  storeCase('a job that was removed and begun again goes on above all epochs and numbers that were used', async (store, elsewhere) => {
    const before = await snapshots(store, 'job', 3);
    const was = await store.state('job');
    await store.remove('job', holder('r'));
    const epoch = await elsewhere.claim('job', holder('b'), newest);
    equal(epoch.from, undefined);
    ok(epoch.epoch > (was.epoch?.epoch ?? 0) && epoch.firstNumber > (before.at(-1)?.number ?? 0));
    const { number } = await commitBytes(elsewhere, epoch, undefined, state(9));
    ok((await readBytes(store, 'job', number)).equals(state(9)));
    await store.remove('job', holder('r'));
    ok((await store.claim('job', holder('c'), newest)).firstNumber > number);
  }),
  storeCase('an attempt of a removed job commits nothing, also where the job was begun again', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const first = await store.begin(epoch, undefined);
    await elsewhere.remove('job', holder('r'));
    equal(
      await first.commit({}).then(
        ({ outcome }) => outcome,
        () => 'failed',
      ),
      'failed',
    );
    const second = await elsewhere.claim('job', holder('b'), newest);
    equal(
      await commitBytes(store, epoch, undefined, state(1)).then(
        () => 'committed',
        () => 'refused',
      ),
      'refused',
    );
    const { number } = await commitBytes(elsewhere, second, undefined, state(2));
    deepEqual(
      (await store.list('job')).map((one) => [one.number, one.eligible]),
      [[number, true]],
    );
  }),
  storeCase('a job that a fork needs is not removed, whatever is forced, until the fork is', async (store, elsewhere) => {
    const [one] = await snapshots(store, 'job', 1);
    await elsewhere.fork({ job: 'job' }, 'fork', holder('f'));
    for (const force of [false, true]) await assertRejects(store.remove('job', holder('r'), { force }), { code: 'HF_JOB_PINNED' });
    ok((await readBytes(elsewhere, 'job', one?.number ?? 0)).equals(state(1)));
    equal((await store.state('job')).newest, one?.number);
    await store.remove('fork', holder('r'));
    equal((await store.remove('job', holder('r'))).gone, true);
  }),
  storeCase('a job that is being read is removed only by force', async (store, elsewhere) => {
    const [one] = await snapshots(store, 'job', 1);
    await using reader = await elsewhere.open({ job: 'job', number: one?.number ?? 0 });
    await assertRejects(store.remove('job', holder('r')), { code: 'HF_JOB_PINNED' });
    ok(Buffer.from(await reader.read('memory')).equals(state(1)));
    await store.remove('job', holder('r'), { force: true });
    deepEqual(await store.list('job'), []);
  }),
];
