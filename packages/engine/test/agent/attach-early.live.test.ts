import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import type { StorageDriver } from '@holdfast/core';
import { local } from '@holdfast/driver-local';
import { afterEach, beforeEach, expect, test } from 'vitest';
// The built engine: the process that it starts for the repository is a file beside it.
import { openDeployment } from '../../dist/deployment/open-deployment.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-attach-early-'));
});
afterEach(async () => rm(directory, { recursive: true }));

test('an agent attaches its storage before a container asks for it, and serves meanwhile', async () => {
  const attaching = Promise.withResolvers<void>();
  const mounted = Promise.withResolvers<void>();
  const plugin = local();
  const create = (section: unknown): StorageDriver => {
    const driver = plugin.create(section);
    const attach: StorageDriver['attach'] = async (options) => {
      attaching.resolve();
      await mounted.promise;
      return await driver.attach(options);
    };
    return { ...driver, attach };
  };
  const socket = join(directory, 'run/agent.sock');
  const config = {
    storage: { type: 'local', path: join(directory, 'storage') },
    stateDirectory: join(directory, 'state'),
    tools: { criu: process.env['HOLDFAST_CRIU'], runc: process.env['HOLDFAST_RUNC'], native: process.env['HOLDFAST_NATIVE'] },
    agent: { socket, spot: { watch: 'off' } },
  };
  await using deployment = await openDeployment({ drivers: [{ ...plugin, create }], catalogs: [sqlite()], config });
  await deployment.storage.provision();
  await using agent = await deployment.serveAgent();
  await attaching.promise;
  expect((await agent.status()).containers).toEqual([]);
  mounted.resolve();
});
