import { equal } from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertRejects, type ContractCase, contractCase } from '../contract/index.js';
import { attached, ready, type StorageDriverFixture } from './fixture.js';
import { needsDestroy } from './requirements.js';

export const destroyCases: readonly ContractCase<StorageDriverFixture>[] = [
  contractCase('destroy removes what provision made, or is refused where the capability is false', async (fixture) => {
    const driver = await ready(fixture);
    if (!driver.capabilities.destroy) {
      await assertRejects(() => driver.destroy(), { code: 'HF_UNSUPPORTED', kind: 'unsupported' });
      equal((await driver.inspect()).state, 'ready');
      return;
    }
    await driver.destroy();
    equal((await driver.inspect()).state, 'absent');
    await assertRejects(driver.attach(), { kind: 'not-found' });
  }),
  needsDestroy('destroy of absent storage is success, also when repeated', async (fixture) => {
    const driver = await ready(fixture);
    await driver.destroy();
    await driver.destroy();
    equal((await driver.inspect()).state, 'absent');
  }),
  needsDestroy('destroy refuses with conflict where the storage holds what provision did not make, and removes nothing', async (fixture) => {
    const storage = await attached(fixture);
    await writeFile(join(storage.root, 'precious'), 'precious');
    await storage.detach();
    const error = await assertRejects(fixture.driver.destroy(), { kind: 'conflict' });
    equal(typeof error.hint, 'string');
    await using again = await fixture.driver.attach();
    equal(await readFile(join(again.root, 'precious'), 'utf8'), 'precious');
  }),
  needsDestroy('destroy by force removes that, too', async (fixture) => {
    const storage = await attached(fixture);
    await writeFile(join(storage.root, 'precious'), 'precious');
    await storage.detach();
    await fixture.driver.destroy({ force: true });
    equal((await fixture.driver.inspect()).state, 'absent');
  }),
];
