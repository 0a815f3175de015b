import { equal, match, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { assertRejects, type ContractCase, contractCase } from '../contract/index.js';
import { ready, type StorageDriverFixture } from './fixture.js';

export const descriptionCases: readonly ContractCase<StorageDriverFixture>[] = [
  contractCase('type and name say what it is', async ({ driver }) => {
    match(driver.type, /^[a-z][a-z0-9-]*$/u);
    ok(driver.name.startsWith(`${driver.type}:`), `'${driver.name}' does not begin with '${driver.type}:'`);
  }),
  contractCase('every capability is declared', async ({ driver }) => {
    const { provision, destroy, bootFragment, multiAttach, lastingAttach, usage } = driver.capabilities;
    for (const capability of [provision, destroy, bootFragment, multiAttach, lastingAttach, usage]) equal(typeof capability, 'boolean');
  }),
  contractCase('no secret is in the name, the plan, the inspection, the status or the boot fragment', async (fixture) => {
    const driver = await ready(fixture);
    const fragment = driver.capabilities.bootFragment ? driver.bootFragment() : '';
    const said = JSON.stringify([driver.name, await driver.plan(), await driver.inspect(), await driver.status(), fragment]);
    for (const secret of fixture.secrets ?? []) ok(!said.includes(secret), 'a secret was told');
  }),
  contractCase(
    'the boot fragment is shell that parses and is the same each time, or is refused where the capability is false',
    async ({ driver }) => {
      if (!driver.capabilities.bootFragment) {
        await assertRejects(() => driver.bootFragment(), { code: 'HF_UNSUPPORTED', kind: 'unsupported' });
        return;
      }
      const fragment = driver.bootFragment();
      equal(driver.bootFragment(), fragment);
      match(fragment, /exit [1-9]/u, 'nothing in it stops the boot');
      await promisify(execFile)('/bin/sh', ['-n', '-c', fragment], { timeout: 10_000 });
    },
  ),
];
