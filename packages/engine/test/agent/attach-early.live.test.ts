import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import { HoldfastError, type StorageDriver } from '@holdfast/core';
import { local } from '@holdfast/driver-local';
import { afterEach, beforeEach, expect, test } from 'vitest';
// The built engine: the process that it starts for the repository is a file beside it.
import { openDeployment } from '../../dist/deployment/open-deployment.js';
import type { Agent } from '../../src/agent/types.js';
import { bundleText } from '../oci/bundles.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-attach-early-'));
});
afterEach(async () => rm(directory, { recursive: true }));

/** An agent whose storage is attached by `attach`, in the place of its driver's own. */
async function agentWith(attach: StorageDriver['attach']): Promise<AsyncDisposable & { readonly agent: Agent; readonly socket: string }> {
  await using made = new AsyncDisposableStack();
  const plugin = local();
  const create = (section: unknown): StorageDriver => ({ ...plugin.create(section), attach });
  const socket = join(directory, 'run/agent.sock');
  const config = {
    storage: { type: 'local', path: join(directory, 'storage') },
    stateDirectory: join(directory, 'state'),
    tools: { criu: process.env['HOLDFAST_CRIU'], runc: process.env['HOLDFAST_RUNC'], native: process.env['HOLDFAST_NATIVE'] },
    agent: { socket, spot: { watch: 'off' } },
  };
  const deployment = made.use(await openDeployment({ drivers: [{ ...plugin, create }], catalogs: [sqlite()], config }));
  await deployment.storage.provision();
  const agent = made.use(await deployment.serveAgent());
  const all = made.move();
  return { agent, socket, [Symbol.asyncDispose]: () => all[Symbol.asyncDispose]() };
}

const plain = (): StorageDriver => local().create({ type: 'local', path: join(directory, 'storage') });

test('an agent attaches its storage before a container asks for it, and serves meanwhile', async () => {
  const attaching = Promise.withResolvers<void>();
  const mounted = Promise.withResolvers<void>();
  await using served = await agentWith(async (options) => {
    attaching.resolve();
    await mounted.promise;
    return await plain().attach(options);
  });
  await attaching.promise;
  expect((await served.agent.status()).containers).toEqual([]);
  mounted.resolve();
});

test('a later attach, which a container asked for, is not ended when that container waits no longer', async () => {
  const refused = Promise.withResolvers<void>();
  const attaching = Promise.withResolvers<AbortSignal | undefined>();
  const mounted = Promise.withResolvers<void>();
  let calls = 0;
  await using served = await agentWith(async (options) => {
    if ((calls += 1) === 1) {
      refused.resolve();
      throw new HoldfastError('HF_STORAGE_MISSING', { message: 'the mount is not there yet', kind: 'not-found', operation: 'attach' });
    }
    attaching.resolve(options?.signal);
    await mounted.promise;
    return await plain().attach(options);
  });
  await refused.promise;
  const bundle = join(directory, 'bundle');
  await mkdir(bundle);
  await writeFile(
    join(bundle, 'config.json'),
    bundleText({ env: ['MMC_CHECKPOINT_MODE=true', 'HOLDFAST_JOB=early'], readonly: true, rootPath: directory }),
  );
  const launcher = connect({ path: served.socket });
  launcher.on('error', () => undefined);
  launcher.write(`${JSON.stringify({ v: 1, call: 'create', id: 'c1', bundle, root: join(directory, 'runc') })}\n`);
  const given = await attaching.promise;
  launcher.destroy();
  await expect.poll(async () => (await served.agent.status()).containers, { timeout: 20_000 }).toEqual([]);
  expect(given?.aborted ?? false).toBe(false);
  mounted.resolve();
});
