import { deepEqual, equal, ok } from 'node:assert/strict';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, holder, newest, storeCase } from './fixture.js';
import { commitBytes, memoryObject, patternBytes, readBytes } from './objects.js';

const bytes = patternBytes(8192, 1);

export const commitCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('a snapshot is not there before commit, and is there after it for everybody', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await using writer = await store.begin(epoch, undefined);
    await writer.put(memoryObject('memory', bytes));
    deepEqual(await elsewhere.list('job'), []);
    await assertRejects(elsewhere.open(writer.ref), { kind: 'not-found' });
    const { outcome, summary } = await writer.commit({});
    equal(outcome, 'committed');
    deepEqual(await elsewhere.list('job'), [summary]);
    ok((await readBytes(elsewhere, 'job', summary.number)).equals(bytes));
  }),
  storeCase('the summary says what was committed', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, epoch, undefined, bytes);
    deepEqual([one.job, one.number, one.epoch, one.attempt], ['job', epoch.firstNumber, epoch.epoch, 'a']);
    deepEqual([one.parent, one.eligible, one.logicalBytes], [undefined, true, bytes.length]);
    ok(one.storedBytes >= bytes.length / 2);
    const two = await commitBytes(store, epoch, one, bytes);
    deepEqual([two.parent, two.number > one.number], [one.number, true]);
  }),
  storeCase('metadata comes back as it was given', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await using writer = await store.begin(epoch, undefined);
    const metadata = { text: 'ü\n', list: [1, null, { deep: true }], many: Array.from({ length: 2000 }, (_, index) => `entry ${index}`) };
    const { summary } = await writer.commit(metadata);
    await using reader = await store.open(summary);
    deepEqual(reader.metadata, metadata);
    deepEqual(reader.objects, []);
  }),
  storeCase('a snapshot is of the instant that its writer names, or of now', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const takenAt = '2020-02-29T23:59:59.999Z';
    await using writer = await store.begin(epoch, undefined);
    for (const wrong of ['yesterday', '2020-02-30T00:00:00.000Z', '2020-02-29'])
      await assertRejects(writer.commit({}, { takenAt: wrong }), { kind: 'invalid-argument' });
    const { summary } = await writer.commit({}, { takenAt });
    const { createdAt } = await commitBytes(store, epoch, summary, bytes);
    ok(Math.abs(Date.parse(createdAt) - Date.now()) < 3_600_000);
    deepEqual(
      (await elsewhere.list('job')).map((one) => one.createdAt),
      [createdAt, takenAt],
    );
  }),
  storeCase('a writer commits once', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await using writer = await store.begin(epoch, undefined);
    await writer.commit({});
    await assertRejects(writer.commit({}), { kind: 'invalid-argument' });
    await assertRejects(writer.put(memoryObject('memory', bytes)), { kind: 'invalid-argument' });
    equal((await store.list('job')).length, 1);
  }),
  storeCase('a commit under an epoch that is over is fenced, and never eligible', async (store, elsewhere) => {
    const first = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, first, undefined, bytes);
    await using writer = await store.begin(first, one);
    await writer.put(memoryObject('memory', bytes));
    const second = await elsewhere.claim('job', holder('b'), newest);
    equal((await writer.commit({})).outcome, 'fenced');
    deepEqual(
      (await elsewhere.list('job')).filter(({ eligible }) => eligible).map(({ number }) => number),
      [one.number],
    );
    const two = await commitBytes(elsewhere, second, one, patternBytes(8192, 2));
    equal((await elsewhere.state('job')).newest, two.number);
    ok((await readBytes(elsewhere, 'job', two.number)).equals(patternBytes(8192, 2)));
  }),
  storeCase('what a writer gave up is not there, and its number is not used again', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const one = await commitBytes(store, epoch, undefined, bytes);
    const given = await store.begin(epoch, one);
    await given.put(memoryObject('memory', patternBytes(8192, 2)));
    await given.abort();
    await given.abort();
    await assertRejects(given.commit({}), { kind: 'invalid-argument' });
    const two = await commitBytes(store, epoch, one, patternBytes(8192, 3));
    ok(two.number > given.ref.number);
    deepEqual(
      (await store.list('job')).map(({ number }) => number),
      [two.number, one.number],
    );
  }),
  storeCase('giving up after a commit changes nothing', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const writer = await store.begin(epoch, undefined);
    await writer.put(memoryObject('memory', bytes));
    const { summary } = await writer.commit({});
    await writer.abort();
    await writer[Symbol.asyncDispose]();
    ok((await readBytes(store, 'job', summary.number)).equals(bytes));
  }),
  storeCase('an aborted put or commit rejects and commits nothing', async (store) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await using writer = await store.begin(epoch, undefined);
    const gone = { signal: AbortSignal.abort() };
    await assertRejects(writer.put(memoryObject('memory', bytes), gone), { kind: 'aborted' });
    await assertRejects(writer.commit({}, gone), { kind: 'aborted' });
    deepEqual(await store.list('job'), []);
  }),
];
