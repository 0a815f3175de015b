import { deepEqual, equal, ok } from 'node:assert/strict';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, fresh, holder, newest, storeCase } from './fixture.js';
import { commitBytes, patternBytes } from './objects.js';

const bytes = patternBytes(8192, 1);

export const claimCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('the first claim of a job starts afresh', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    deepEqual({ job: epoch.job, attempt: epoch.attempt, from: epoch.from }, { job: 'job', attempt: 'a', from: undefined });
    ok(epoch.epoch >= 1 && epoch.firstNumber >= 1);
  }),
  storeCase('of claims at the same time no two win the same epoch', async (store, elsewhere) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const won = await Promise.all(names.map((name, index) => (index % 2 === 0 ? store : elsewhere).claim('job', holder(name), newest)));
    equal(new Set(won.map(({ epoch }) => epoch)).size, names.length);
  }),
  storeCase('a claim goes on from the newest snapshot that was reported as committed', async (store, elsewhere) => {
    const first = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, first, undefined, bytes);
    const two = await commitBytes(store, first, one, bytes);
    const { from, epoch } = await elsewhere.claim('job', holder('b'), newest);
    deepEqual(from, { job: 'job', number: two.number, epoch: first.epoch, attempt: 'a' });
    ok(epoch > first.epoch);
  }),
  storeCase('no snapshot reported as committed is left behind by claims at the same time', async (store, elsewhere) => {
    let epoch = await store.claim('job', holder('a0'), newest);
    let parent = await commitBytes(store, epoch, undefined, bytes);
    for (let round = 1; round <= 6; round += 1) {
      await using writer = await store.begin(epoch, parent);
      const [result, next] = await Promise.all([writer.commit({}), elsewhere.claim('job', holder(`a${round}`), newest)]);
      if (result.outcome === 'committed') equal(next.from?.number, result.summary.number);
      epoch = next;
      parent = (await store.list('job')).find(({ number, eligible }) => eligible && number === next.from?.number) ?? parent;
    }
  }),
  storeCase('a fresh claim leaves all older snapshots behind', async (store) => {
    await commitBytes(store, await store.claim('job', holder('a'), newest), undefined, bytes);
    const { from } = await store.claim('job', holder('b'), fresh);
    equal(from, undefined);
    deepEqual(
      (await store.list('job')).map(({ eligible }) => eligible),
      [false],
    );
    equal((await store.state('job')).newest, undefined);
  }),
  storeCase('a claim of a chosen snapshot leaves newer ones behind, for ever', async (store) => {
    const first = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, first, undefined, bytes);
    const two = await commitBytes(store, first, one, bytes);
    const second = await store.claim('job', holder('b'), { kind: 'checkpoint', number: one.number });
    equal(second.from?.number, one.number);
    deepEqual(
      (await store.list('job')).map(({ number, eligible }) => [number, eligible]),
      [
        [two.number, false],
        [one.number, true],
      ],
    );
    const third = await store.claim('job', holder('c'), newest);
    equal(third.from?.number, one.number);
  }),
  storeCase('a chosen snapshot that is not there, or was left behind, is refused', async (store) => {
    const first = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, first, undefined, bytes);
    await assertRejects(store.claim('job', holder('b'), { kind: 'checkpoint', number: one.number + 1 }), { code: 'HF_CHECKPOINT_MISSING' });
    await store.claim('job', holder('c'), fresh);
    await assertRejects(store.claim('job', holder('d'), { kind: 'checkpoint', number: one.number }), { code: 'HF_CHECKPOINT_MISSING' });
  }),
  storeCase('the first number of an epoch is above every number used before, those left behind included', async (store) => {
    const first = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, first, undefined, bytes);
    const two = await commitBytes(store, first, one, bytes);
    const second = await store.claim('job', holder('b'), { kind: 'checkpoint', number: one.number });
    ok(second.firstNumber > two.number);
    const three = await commitBytes(store, second, one, bytes);
    ok(three.number >= second.firstNumber);
    const third = await store.claim('job', holder('c'), fresh);
    ok(third.firstNumber > three.number);
  }),
  storeCase('a name that is no job name is refused', async (store) => {
    for (const name of ['', '.', '..', '.hidden', 'a/b', 'a b', 'ü', 'x'.repeat(129)]) {
      await assertRejects(store.claim(name, holder('a'), newest), { code: 'HF_JOB_NAME' });
    }
    for (const name of ['x'.repeat(128), 'a.b', '-', '_']) await store.claim(name, holder('a'), newest);
  }),
  storeCase("jobs' epochs and numbers are independent", async (store) => {
    const first = await store.claim('job', holder('a'), newest);
    await commitBytes(store, first, undefined, bytes);
    const other = await store.claim('job2', holder('a'), newest);
    equal(other.from, undefined);
    await store.assertCurrent(first);
    deepEqual(await store.list('job2'), []);
  }),
  storeCase('an aborted claim wins nothing', async (store) => {
    await assertRejects(store.claim('job', holder('a'), newest, { signal: AbortSignal.abort() }), { kind: 'aborted' });
    equal((await store.state('job')).epoch, undefined);
  }),
];
