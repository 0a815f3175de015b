import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import { type AttachedStorage, HoldfastError, type StorageDriver, type StoragePlugin } from '@holdfast/core';
import { local } from '@holdfast/driver-local';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
// The built engine: the process that it starts for the repository is a file beside it.
import { openDeployment } from '../../dist/deployment/open-deployment.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-left-attached-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(directory, { recursive: true });
});

/** Local storage that answers until it is to be detached, and nothing from then on. */
function hangingAtItsEnd(onDetach: () => void): StoragePlugin {
  const plugin = local();
  let hangs = false;
  const detach: AttachedStorage['detach'] = (options) => {
    hangs = true;
    onDetach();
    return new Promise((_resolve, reject) => {
      options?.signal?.addEventListener('abort', () => reject(new HoldfastError('HF_ABORTED', { kind: 'aborted', message: 'aborted' })));
    });
  };
  const create = (config: unknown): StorageDriver => {
    const driver = plugin.create(config);
    return {
      ...driver,
      attach: async (options) => ({ ...(await driver.attach(options)), detach }),
      status: async (options) => {
        const status = await driver.status(options);
        return hangs ? { ...status, health: { ok: false, latencyMs: 3000, reason: 'the mount does not answer' } } : status;
      },
    };
  };
  return { ...plugin, create };
}

test('a deployment that is closed leaves a storage attached that does not answer any more, and says so', async () => {
  const detaching = Promise.withResolvers<void>();
  const config = { storage: { type: 'local', path: join(directory, 'storage') }, stateDirectory: join(directory, 'state') };
  const deployment = await openDeployment({ drivers: [hangingAtItsEnd(detaching.resolve)], catalogs: [sqlite()], config });
  await deployment.storage.provision();
  await deployment.attach();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const closed = expect(deployment[Symbol.asyncDispose]()).rejects.toMatchObject({
    code: 'HF_STORAGE_TIMEOUT',
    message: expect.stringMatching(/was left attached: the mount does not answer$/u) as unknown,
  });
  await detaching.promise;
  await vi.advanceTimersByTimeAsync(5000);
  await closed;
});
