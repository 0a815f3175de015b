import { equal, ok } from 'node:assert/strict';
import { assertRejects, type ContractCase, contractCase } from '../contract/index.js';
import { attached, ready, type StorageDriverFixture } from './fixture.js';
import { needsDestroy, needsProvision, needsSpoil } from './requirements.js';

/** Promises of the contract that the layers keep for every driver. */
export const layerCases: readonly ContractCase<StorageDriverFixture>[] = [
  contractCase('a call after detach rejects with HF_NOT_ATTACHED', async (fixture) => {
    const storage = await attached(fixture);
    await storage.detach();
    for (const call of [() => storage.health(), () => storage.flush()]) await assertRejects(call, { code: 'HF_NOT_ATTACHED' });
    if (fixture.driver.capabilities.usage) await assertRejects(storage.usage(), { code: 'HF_NOT_ATTACHED' });
  }),
  contractCase('disposing of an attachment detaches it', async (fixture) => {
    const storage = await attached(fixture);
    await storage[Symbol.asyncDispose]();
    await assertRejects(storage.health(), { code: 'HF_NOT_ATTACHED' });
    await storage.detach();
  }),
  needsProvision('an error names the operation and the storage', async ({ driver }) => {
    const error = await assertRejects(driver.attach(), { kind: 'not-found' });
    equal(error.operation, 'storage.attach');
    equal(error.context['storage'], driver.name);
  }),
  needsSpoil('no error leaves with the advice to retry what was already retried', async (fixture, spoil) => {
    const driver = await ready(fixture);
    await spoil();
    const error = await assertRejects(driver.attach(), {});
    ok(error.retry !== 'yes');
  }),
  needsDestroy('an option of a wrong type is refused', async ({ driver }) => {
    const options: object = { force: 'yes' };
    await assertRejects(driver.destroy(options), { code: 'HF_USAGE', kind: 'invalid-argument' });
  }),
];
