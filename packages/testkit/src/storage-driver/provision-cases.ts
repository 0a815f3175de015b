import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isHoldfastError, type PlannedResource, type StorageProgress } from '@holdfast/core';
import { assertRejects, type ContractCase, contractCase } from '../contract/index.js';
import { attached, ready, type StorageDriverFixture } from './fixture.js';
import { needsProvision } from './requirements.js';

export const provisionCases: readonly ContractCase<StorageDriverFixture>[] = [
  contractCase('plan changes nothing', async ({ driver }) => {
    const before = await driver.inspect();
    await driver.plan();
    deepEqual(await driver.inspect(), before);
  }),
  needsProvision('plan names what provision would make, and is up to date once it was made', async (fixture) => {
    const before = await fixture.driver.plan();
    equal(before.upToDate, false);
    ok(before.resources.some(({ action }) => action === 'create'));
    const after = await (await ready(fixture)).plan();
    equal(after.upToDate, true);
    ok(after.resources.every(({ action }) => action === 'none'));
  }),
  contractCase('provision makes the storage ready, or is refused where the capability is false', async ({ driver }) => {
    if (!driver.capabilities.provision) {
      await assertRejects(() => driver.provision(), { code: 'HF_UNSUPPORTED', kind: 'unsupported' });
      return;
    }
    const made = await driver.provision();
    equal(made.state, 'ready');
    ok(made.resources.length > 0);
    deepEqual(await driver.inspect(), made);
  }),
  needsProvision('provision on ready storage changes nothing', async (fixture) => {
    const storage = await attached(fixture);
    await writeFile(join(storage.root, 'kept'), 'kept');
    const first = await fixture.driver.inspect();
    deepEqual(await fixture.driver.provision(), first);
    equal(await readFile(join(storage.root, 'kept'), 'utf8'), 'kept');
    await storage.detach();
  }),
  needsProvision('provision reports each step', async ({ driver }) => {
    const steps: StorageProgress[] = [];
    await driver.provision({ onProgress: (progress) => steps.push(progress) });
    ok(steps.length > 0);
    ok(steps.every(({ step, message }) => step !== '' && message !== ''));
  }),
  needsProvision('two provisions at once end with exactly one of each resource', async ({ driver, elsewhere = driver }) => {
    await Promise.all([driver.provision(), elsewhere.provision()]);
    const { state, resources } = await driver.inspect();
    equal(state, 'ready');
    assertOneOfEach(resources);
  }),
  needsProvision('a provision that was given up half way is finished by a rerun, with exactly one of each resource', async ({ driver }) => {
    const controller = new AbortController();
    try {
      await driver.provision({ signal: controller.signal, onProgress: () => controller.abort() });
    } catch (error) {
      ok(isHoldfastError(error) && error.kind === 'aborted', String(error));
    }
    const { state, resources } = await driver.provision();
    equal(state, 'ready');
    assertOneOfEach(resources);
    equal((await driver.plan()).upToDate, true);
  }),
  needsProvision('inspect tells absence as a state', async (fixture) => {
    equal((await fixture.driver.inspect()).state, 'absent');
    equal((await (await ready(fixture)).inspect()).state, 'ready');
  }),
];

function assertOneOfEach(resources: readonly PlannedResource[]): void {
  const names = resources.map(({ kind, name }) => `${kind} ${name}`);
  ok(names.length > 0);
  deepEqual(names, [...new Set(names)]);
}
