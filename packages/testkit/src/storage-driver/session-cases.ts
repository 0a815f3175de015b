import { deepEqual, equal, ok } from 'node:assert/strict';
import { hostname } from 'node:os';
import type { StorageDriver } from '@holdfast/core';
import { assertRejects, type ContractCase, contractCase } from '../contract/index.js';
import { attached, ready, type StorageDriverFixture } from './fixture.js';
import { needsDestroy, needsProvision, needsSpoil } from './requirements.js';

export const sessionCases: readonly ContractCase<StorageDriverFixture>[] = [
  contractCase('status tells where the storage is attached, that it answers, and of each attachment the process that uses it', async (fixture) => {
    const driver = await ready(fixture);
    const before = await ownSessions(driver);
    const first = await driver.attach();
    const second = await driver.attach();
    const { root, health, usage } = await driver.status();
    equal(root, first.root);
    equal(health?.ok, true);
    if (driver.capabilities.usage) ok(usage !== undefined && usage.totalBytes > 0, 'it tells no space');
    const held = await ownSessions(driver);
    ok(held > before, 'it tells no session of this process');
    await second.detach();
    ok((await ownSessions(driver)) > before, 'the session of an attachment that is in use is told no more');
    await first.detach();
    equal(await ownSessions(driver), before);
  }),
  needsProvision('status of absent storage tells no place and no sessions', async ({ driver }) => {
    deepEqual(await driver.status(), { root: undefined, lasting: false, sessions: [], health: undefined, usage: undefined });
    equal((await driver.inspect()).state, 'absent');
  }),
  needsSpoil('status of storage that went bad resolves, and its health is not ok', async (fixture, spoil) => {
    await attached(fixture);
    await spoil();
    const { health } = await fixture.driver.status();
    equal(health?.ok, false);
    ok(health.reason !== undefined && health.reason !== '');
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
