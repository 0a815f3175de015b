import { deepEqual, equal } from 'node:assert/strict';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, fresh, holder, newest, storeCase } from './fixture.js';
import { commitBytes, patternBytes } from './objects.js';

const bytes = patternBytes(8192, 1);
const began = { line: ['a', 'ü\n"\\'], nothing: null, deep: { list: [1, 2.5, true] } };

export const noteCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('the finished claims of a job are told, oldest first, with what their attempts noted', async (store, elsewhere) => {
    deepEqual(await store.history('job'), []);
    const first = await store.claim('job', holder('a'), newest);
    await store.note(first, 'started', began);
    await commitBytes(store, first, undefined, bytes);
    const second = await elsewhere.claim('job', holder('b'), newest);
    await store.note(second, 'over', { how: 'well' });
    await store.end(second, { exitCode: 3, endedAt: '2026-01-02T03:04:05.000Z' });
    const told = (await elsewhere.history('job')).map(({ claimedAt: _any, ...rest }) => rest);
    deepEqual(told, [
      { ...first, holder: holder('a'), end: undefined, started: began, over: undefined },
      {
        ...second,
        holder: holder('b'),
        end: { exitCode: 3, endedAt: '2026-01-02T03:04:05.000Z' },
        started: undefined,
        over: { how: 'well' },
      },
    ]);
  }),
  storeCase('of each kind the first note of an epoch stays, and a repeat is harmless', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    equal(await store.note(epoch, 'started', began), true);
    equal(await elsewhere.note(epoch, 'started', { other: true }), false);
    equal(await store.note(epoch, 'over', {}), true);
    const [told] = await elsewhere.history('job');
    deepEqual([told?.started, told?.over], [began, {}]);
  }),
  storeCase('an attempt that was overtaken can still note its end, and decides nothing by it', async (store, elsewhere) => {
    const first = await store.claim('job', holder('a'), newest);
    const second = await elsewhere.claim('job', holder('b'), fresh);
    await store.note(first, 'over', began);
    deepEqual((await elsewhere.history('job'))[0]?.over, began);
    await elsewhere.assertCurrent(second);
    equal((await elsewhere.state('job')).epoch?.epoch, second.epoch);
  }),
  storeCase('a note of an epoch that was removed is refused, and leaves no job', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await elsewhere.remove('job', holder('b'));
    await assertRejects(store.note(epoch, 'over', began), { kind: 'not-found' });
    deepEqual(await elsewhere.jobs(), []);
  }),
  storeCase('a note is of up to 4 MiB', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await assertRejects(store.note(epoch, 'started', { text: 'x'.repeat(4 * 1024 * 1024) }), { kind: 'invalid-argument' });
    const long = { text: '"'.repeat(2 * 1024 * 1024 - 100) };
    await store.note(epoch, 'started', long);
    deepEqual((await elsewhere.history('job'))[0]?.started, long);
  }),
];
