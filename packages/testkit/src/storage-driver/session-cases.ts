import { equal, ok } from 'node:assert/strict';
import { hostname } from 'node:os';
import type { StorageDriver } from '@holdfast/core';
import { assertRejects, type ContractCase, contractCase } from '../contract/index.js';
import { attached, ready, type StorageDriverFixture } from './fixture.js';
import { needsDestroy, needsProvision } from './requirements.js';

export const sessionCases: readonly ContractCase<StorageDriverFixture>[] = [
  contractCase('status tells where the storage is attached, and of each attachment the process that uses it', async (fixture) => {
    const driver = await ready(fixture);
    const before = await ownSessions(driver);
    const first = await driver.attach();
    const second = await driver.attach();
    equal((await driver.status()).root, first.root);
    const held = await ownSessions(driver);
    ok(held > before, 'it tells no session of this process');
    await second.detach();
    ok((await ownSessions(driver)) > before, 'the session of an attachment that is in use is told no more');
    await first.detach();
    equal(await ownSessions(driver), before);
  }),
  needsProvision('status of absent storage tells no place and no sessions', async ({ driver }) => {
    const { root, lasting, sessions } = await driver.status();
    equal(root, undefined);
    equal(lasting, false);
    equal(sessions.length, 0);
    equal((await driver.inspect()).state, 'absent');
  }),
  needsDestroy('destroy refuses while a session lives, also by force, and removes nothing', async (fixture) => {
    const { driver } = fixture;
    const storage = await attached(fixture);
    for (const force of [false, true]) await assertRejects(driver.destroy({ force }), { code: 'HF_STORAGE_IN_USE', kind: 'conflict' });
    equal((await storage.health()).ok, true);
    await storage.detach();
    await driver.destroy();
    equal((await driver.inspect()).state, 'absent');
  }),
];

async function ownSessions(driver: StorageDriver): Promise<number> {
  const { sessions } = await driver.status();
  return sessions.filter(({ host, pid }) => host === hostname() && pid === process.pid).length;
}
