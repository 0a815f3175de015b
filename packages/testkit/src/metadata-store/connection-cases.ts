import { deepEqual, equal, match } from 'node:assert/strict';
import { assertRejects, type ContractCase, contractCase } from '../contract/index.js';
import { acquired, attempt, checkpoint, event, holder, job, type MetadataStoreFixture } from './fixture.js';
import { storeCase } from './store-case.js';

export const connectionCases: readonly ContractCase<MetadataStoreFixture>[] = [
  contractCase('several that open an empty database at once all succeed, and see the same', async ({ open }) => {
    const stores = await Promise.all([open(), open(), open(), open()]);
    const [first] = stores;
    match(first?.type ?? '', /^[a-z][a-z0-9-]*$/u);
    await first?.putJob(job('job'));
    for (const store of stores) deepEqual(await store.getJob('job'), job('job'));
    await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()));
  }),
  contractCase('what was written is there after all connections were closed', async ({ open }) => {
    {
      await using store = await open();
      await store.putJob(job('job'));
      await acquired(store, 'job', 'a');
    }
    await using again = await open();
    deepEqual(await again.getJob('job'), job('job'));
    equal((await again.currentLease('job'))?.holder.attempt, 'a');
  }),
  storeCase('writes from two connections at once are all kept', async (store, elsewhere) => {
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
    await Promise.all(numbers.map((number) => (number % 2 === 0 ? store : elsewhere).putCheckpoint(checkpoint(number))));
    deepEqual(
      (await store.listCheckpoints('job')).items,
      numbers.toReversed().map((number) => checkpoint(number)),
    );
    await Promise.all([store, elsewhere, store, elsewhere].map((each) => each.putJob(job('same'))));
    deepEqual(await elsewhere.getJob('same'), job('same'));
  }),
  storeCase('an aborted call rejects with aborted and writes nothing', async (store) => {
    const lease = await acquired(store, 'held', 'a');
    const options = { signal: AbortSignal.abort() };
    const calls = [
      store.acquireLease('job', holder('a'), 1000, options),
      store.renewLease(lease, 9_999_999, options),
      store.releaseLease(lease, options),
      store.breakLease(lease, options),
      store.currentLease('job', options),
      store.putJob(job('job'), options),
      store.getJob('job', options),
      store.listJobs({}, options),
      store.removeJob('job', options),
      store.putAttempt(attempt('a'), options),
      store.listAttempts('job', options),
      store.putCheckpoint(checkpoint(1), options),
      store.listCheckpoints('job', {}, options),
      store.removeCheckpoints('job', [1], options),
      store.appendEvent(event('e'), options),
      store.listEvents('job', {}, options),
      store.totals({}, options),
      store.findings(options),
    ];
    await Promise.all(calls.map((call) => assertRejects(call, { kind: 'aborted' })));
    deepEqual(await store.currentLease('held'), lease);
    equal(await store.currentLease('job'), undefined);
    deepEqual((await store.listJobs()).items, []);
    deepEqual([await store.listAttempts('job'), (await store.listCheckpoints('job')).items, (await store.listEvents('job')).items], [[], [], []]);
  }),
  storeCase('a server whose settings lose nothing has no findings', async (store) => {
    deepEqual(await store.findings(), []);
  }),
  contractCase('a closed store rejects with unavailable; closing it again is harmless', async ({ open }) => {
    const store = await open();
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await assertRejects(store.getJob('job'), { kind: 'unavailable' });
    await assertRejects(store.acquireLease('job', holder('a'), 1000), { kind: 'unavailable' });
  }),
];
