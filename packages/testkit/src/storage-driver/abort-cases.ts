import { equal } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertRejects, type ContractCase, contractCase } from '../contract/index.js';
import { attached, type StorageDriverFixture } from './fixture.js';
import { needsDestroy, needsProvision } from './requirements.js';

const aborted = { kind: 'aborted' } as const;

export const abortCases: readonly ContractCase<StorageDriverFixture>[] = [
  contractCase('aborted calls that look reject with aborted', async ({ driver }) => {
    const signal = AbortSignal.abort();
    await assertRejects(driver.plan({ signal }), aborted);
    await assertRejects(driver.inspect({ signal }), aborted);
    await assertRejects(driver.status({ signal }), aborted);
    await assertRejects(driver.attach({ signal }), aborted);
  }),
  needsProvision('an aborted provision rejects with aborted and makes nothing', async ({ driver }) => {
    await assertRejects(driver.provision({ signal: AbortSignal.abort() }), aborted);
    equal((await driver.inspect()).state, 'absent');
  }),
  needsDestroy('an aborted destroy rejects with aborted and removes nothing', async (fixture) => {
    const storage = await attached(fixture);
    await writeFile(join(storage.root, 'precious'), 'precious');
    await storage.detach();
    await assertRejects(fixture.driver.destroy({ signal: AbortSignal.abort(), force: true }), aborted);
    equal((await fixture.driver.inspect()).state, 'ready');
  }),
  contractCase('aborted calls of an attachment reject with aborted and leave it attached', async (fixture) => {
    await using storage = await attached(fixture);
    const signal = AbortSignal.abort();
    await assertRejects(storage.health({ signal }), aborted);
    if (fixture.driver.capabilities.usage) await assertRejects(storage.usage({ signal }), aborted);
    await assertRejects(storage.flush({ signal }), aborted);
    equal((await storage.health()).ok, true);
  }),
];
