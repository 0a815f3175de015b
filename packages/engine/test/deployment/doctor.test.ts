import {
  type AttachedStorage,
  HoldfastError,
  type MetadataStore,
  parseDeploymentConfig,
  type StorageDriver,
  type StorageState,
} from '@holdfast/core';
import { expect, test } from 'vitest';
import { runDoctor } from '../../src/deployment/doctor.js';

interface Given {
  readonly uid?: number;
  readonly state?: StorageState;
  readonly attachFails?: HoldfastError;
  readonly freeBytes?: number;
  readonly reason?: string;
}

const rights = ['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE', 'CAP_SYS_RESOURCE'];
const tools = { criu: '/nowhere/criu', runc: '/nowhere/runc', native: '/nowhere' };

async function checksOf({ uid = 0, state = 'ready', attachFails, freeBytes = 2 ** 40, reason }: Given) {
  const effective = uid === 0 ? rights : [];
  const attached: Partial<AttachedStorage> = {
    health: () => Promise.resolve({ ok: true, latencyMs: 2, reason: undefined }),
    usage: () => Promise.resolve({ totalBytes: 2 ** 41, freeBytes }),
    detach: () => Promise.resolve(),
  };
  const driver: Partial<StorageDriver> = {
    name: 'fake',
    capabilities: { provision: true, destroy: true, bootFragment: true, multiAttach: false, usage: true },
    inspect: () => Promise.resolve({ state, reason, resources: [] }),
    attach: () => (attachFails === undefined ? Promise.resolve(attached as AttachedStorage) : Promise.reject(attachFails)),
  };
  const catalog: Partial<MetadataStore> = { type: 'fake', listJobs: () => Promise.resolve({ items: [], nextCursor: undefined }) };
  const report = await runDoctor(
    {
      config: { ...parseDeploymentConfig({ tools }), catalog: { type: 'fake' } },
      driver: driver as StorageDriver,
      catalog: () => Promise.resolve(catalog as MetadataStore),
      caller: { uid, capabilities: { effective, bounding: [], permitted: [], inheritable: [], ambient: [] } },
    },
    {},
  );
  return new Map(report.checks.map((check) => [check.name, check]));
}

test('the free space of a storage is told', async () => {
  expect((await checksOf({})).get('storage fake')).toMatchObject({ ok: true, detail: 'answers in 2 ms, 1TiB free of 2TiB' });
});

test('a full storage is not ok', async () => {
  expect((await checksOf({ freeBytes: 4096 })).get('storage fake')).toMatchObject({ ok: false, detail: 'is full: 4KiB free of 2TiB' });
});

test('a storage that is not ready has the remedy of what refuses it', async () => {
  const attachFails = new HoldfastError('HF_STORAGE_PERMISSION', { kind: 'permission', message: 'everybody may write it', hint: 'chmod o-w' });
  const check = (await checksOf({ state: 'failed', reason: 'unsafe', attachFails })).get('storage fake');
  expect(check).toEqual({ name: 'storage fake', ok: false, detail: 'everybody may write it', remedy: 'chmod o-w' });
});

test('root is told which programs are missing', async () => {
  const checks = await checksOf({});
  for (const name of ['criu', 'runc', 'native helpers', 'criu on this kernel']) expect(checks.get(name)?.ok, name).toBe(false);
});

test('another user is told that rights are missing, and of nothing else that it is', async () => {
  const attachFails = new HoldfastError('HF_STORAGE_PERMISSION', { kind: 'permission', message: 'not for you' });
  const checks = await checksOf({ uid: 1000, attachFails });
  expect([...checks.values()].filter(({ ok }) => !ok)).toMatchObject([{ name: 'rights' }]);
  for (const name of ['criu', 'runc', 'native helpers', 'criu on this kernel', 'storage fake']) {
    expect(checks.get(name), name).toMatchObject({ ok: true, skipped: true, detail: 'needs root to tell' });
  }
});
