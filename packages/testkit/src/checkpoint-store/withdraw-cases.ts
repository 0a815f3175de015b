import { deepEqual, equal, ok } from 'node:assert/strict';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { type CheckpointStoreFixture, holder, newest, storeCase } from './fixture.js';
import { commitBytes, memoryObject, patternBytes, readBytes } from './objects.js';

const bytes = patternBytes(8192, 1);

export const withdrawCases: readonly ContractCase<CheckpointStoreFixture>[] = [
  storeCase('a claim that is taken back leaves no job', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const writer = await store.begin(epoch, undefined);
    await writer.put(memoryObject('memory', bytes));
    await writer.abort();
    equal(await store.withdraw(epoch), true);
    deepEqual([await elsewhere.jobs(), (await elsewhere.state('job')).epoch], [[], undefined]);
    await elsewhere.fork({ job: await other(store), number: 1 }, 'job', holder('b'));
  }),
  storeCase('a claim under which something was committed is not taken back', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    const { number } = await commitBytes(store, epoch, undefined, bytes);
    equal(await store.withdraw(epoch), false);
    ok((await readBytes(elsewhere, 'job', number)).equals(bytes));
    deepEqual((await elsewhere.state('job')).epoch?.holder, holder('a'));
  }),
  storeCase('a claim is not taken back once somebody else has one, or had one before', async (store, elsewhere) => {
    const first = await store.claim('job', holder('a'), newest);
    const second = await elsewhere.claim('job', holder('b'), newest);
    deepEqual([await store.withdraw(first), await store.withdraw(second), await store.withdraw({ ...first, attempt: 'x' })], [false, false, false]);
    const { number } = await commitBytes(elsewhere, second, undefined, bytes);
    equal((await store.state('job')).newest, number);
  }),
  storeCase('a claim that was taken back writes no more', async (store, elsewhere) => {
    const epoch = await store.claim('job', holder('a'), newest);
    await store.withdraw(epoch);
    await assertRejects(store.begin(epoch, undefined), { kind: 'invalid-argument' });
    deepEqual(await elsewhere.jobs(), []);
  }),
];

async function other(store: Parameters<typeof commitBytes>[0]): Promise<string> {
  await commitBytes(store, await store.claim('other', holder('o'), newest), undefined, bytes);
  return 'other';
}
