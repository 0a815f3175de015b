import { equal } from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertRejects, type ContractCase } from '../contract/index.js';
import { ready, type StorageDriverFixture } from './fixture.js';
import { needsLasting } from './requirements.js';

export const lastingCases: readonly ContractCase<StorageDriverFixture>[] = [
  needsLasting('a lasting attachment stays when it is detached, until detachLasting', async (fixture) => {
    const driver = await ready(fixture);
    const storage = await driver.attach({ lasting: true });
    await writeFile(join(storage.root, 'kept'), 'kept');
    await storage.detach();
    const { root, lasting } = await driver.status();
    equal(root, storage.root);
    equal(lasting, true);
    equal(await readFile(join(storage.root, 'kept'), 'utf8'), 'kept');
    await (await driver.attach()).detach();
    equal((await driver.status()).lasting, true);
    await driver.detachLasting();
    equal((await driver.status()).lasting, false);
    await using again = await driver.attach();
    equal(await readFile(join(again.root, 'kept'), 'utf8'), 'kept');
  }),
  needsLasting('a repeated detachLasting resolves, and so does one of storage that is not attached', async (fixture) => {
    await fixture.driver.detachLasting();
    const driver = await ready(fixture);
    await (await driver.attach({ lasting: true })).detach();
    await driver.detachLasting();
    await driver.detachLasting();
    equal((await driver.status()).lasting, false);
  }),
  needsLasting('detachLasting leaves attachments that are in use working', async (fixture) => {
    const driver = await ready(fixture);
    await (await driver.attach({ lasting: true })).detach();
    await using storage = await driver.attach();
    await driver.detachLasting();
    await writeFile(join(storage.root, 'later'), 'later');
    equal((await storage.health()).ok, true);
    equal(await readFile(join(storage.root, 'later'), 'utf8'), 'later');
  }),
  needsLasting('destroy refuses while a lasting attachment stands, also by force', async (fixture) => {
    const driver = await ready(fixture);
    if (!driver.capabilities.destroy) return;
    await (await driver.attach({ lasting: true })).detach();
    for (const force of [false, true]) await assertRejects(driver.destroy({ force }), { code: 'HF_STORAGE_IN_USE', kind: 'conflict' });
    await driver.detachLasting();
    await driver.destroy();
    equal((await driver.inspect()).state, 'absent');
  }),
];
