import type { AwsDatabase, DatabaseInspection, ProvisionedDatabase } from '@holdfast/aws-databases';
import type { PlannedResource, StorageDriver } from '@holdfast/core';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import type { MetadataAccess } from '../src/metadata-url.js';
import { juicefsCapabilities } from '../src/capabilities.js';
import { createProvisionedDriver } from '../src/provisioned-driver.js';

const reached: ProvisionedDatabase = {
  service: 'rdsPostgres',
  engine: 'postgres',
  host: 'db.rds.example.org',
  port: 5432,
  database: 'holdfast',
  user: 'hf',
  passwordSource: { from: 'secret', secret: 'holdfast/a', region: 'eu-west-1' },
  tls: { caFile: '/ca.pem' },
  cluster: false,
};
const resource = (kind: string, action: PlannedResource['action']): PlannedResource => ({ kind, name: kind, action, detail: '' });

/** A database and a volume that are there or not, and what was done to them in order. */
function parts({ inUse = false } = {}): { driver: StorageDriver; done: string[]; accesses: MetadataAccess[] } {
  const done: string[] = [];
  const accesses: MetadataAccess[] = [];
  const there = { database: false, volume: false };
  const inspection = (): DatabaseInspection => ({
    state: there.database ? 'ready' : 'absent',
    reason: undefined,
    resources: there.database ? [resource('rds-instance', 'none')] : [],
    database: there.database ? reached : undefined,
  });
  const database: AwsDatabase = {
    plan: async () => ({
      resources: [resource('rds-instance', there.database ? 'none' : 'create')],
      upToDate: there.database,
      cost: { monthlyUsd: { from: 20, to: 50 }, text: 'about 20 to 50 USD a month' },
    }),
    provision: async () => (done.push('database made'), (there.database = true), reached),
    inspect: async () => inspection(),
    destroy: async () => (done.push('database removed'), (there.database = false), { removed: [], left: [] }),
  };
  const nothing = async (): Promise<void> => {};
  const over = (metadata: MetadataAccess): StorageDriver => ({
    type: 'juicefs',
    name: 'juicefs:a',
    capabilities: juicefsCapabilities,
    plan: async () => ({ resources: [resource('volume', there.volume ? 'none' : 'create')], upToDate: there.volume }),
    provision: async () => (
      accesses.push(metadata), done.push('volume made'), (there.volume = true), { state: 'ready', reason: undefined, resources: [] }
    ),
    inspect: async () => ({
      state: there.volume ? 'ready' : 'absent',
      reason: undefined,
      resources: there.volume ? [resource('volume', 'none')] : [],
    }),
    attach: () => Promise.reject(new Error('attached')),
    detachLasting: nothing,
    status: async () => ({
      root: undefined,
      lasting: false,
      sessions: inUse ? [{ host: 'here', pid: 1, since: undefined }] : [],
      health: undefined,
      usage: undefined,
    }),
    destroy: async () => (done.push('volume removed'), (there.volume = false), undefined),
    bootFragment: () => '',
  });
  const placeholder = { ...reached, password: reached.passwordSource };
  return { driver: createProvisionedDriver({ database, over, local: over(placeholder) }), done, accesses };
}

test('the database is made before the volume that lies in it, and removed after it', async () => {
  const { driver, done, accesses } = parts();
  expect(await driver.inspect()).toMatchObject({ state: 'absent' });
  expect(await driver.provision()).toMatchObject({ state: 'ready', resources: [{ kind: 'rds-instance' }, { kind: 'volume' }] });
  expect(accesses).toEqual([
    {
      engine: 'postgres',
      host: 'db.rds.example.org',
      port: 5432,
      database: 'holdfast',
      user: 'hf',
      password: reached.passwordSource,
      tls: reached.tls,
    },
  ]);
  await driver.destroy();
  await driver.destroy();
  expect(done).toEqual(['database made', 'volume made', 'volume removed', 'database removed', 'database removed']);
});

test('a plan names both, with the cost of the database, and is up to date only with both', async () => {
  const { driver } = parts();
  const before = await driver.plan();
  expect(before.upToDate).toBe(false);
  expect(before.resources).toMatchObject([
    { kind: 'rds-instance', action: 'create', costClass: 'about 20 to 50 USD a month' },
    { kind: 'volume', action: 'create' },
  ]);
  await driver.provision();
  expect((await driver.plan()).upToDate).toBe(true);
});

test('without its database the volume is not there to be attached', async () => {
  const { driver } = parts();
  await assertRejects(driver.attach(), { code: 'HF_STORAGE_MISSING', kind: 'not-found' });
  await driver.provision();
  await expect(driver.attach()).rejects.toThrow('attached');
});

test('what is in use is not removed, and neither is its database', async () => {
  const { driver, done } = parts({ inUse: true });
  await driver.provision();
  await assertRejects(driver.destroy({ force: true }), { code: 'HF_STORAGE_IN_USE' });
  expect(done).toEqual(['database made', 'volume made']);
});
