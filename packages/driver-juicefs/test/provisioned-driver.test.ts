import type { AwsDatabase, DatabaseInspection, ProvisionedDatabase } from '@holdfast/aws-databases';
import { HoldfastError, type PlannedResource, type StorageDriver } from '@holdfast/core';
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

interface Given {
  readonly inUse?: boolean;
  /** What the database is once it was made, and whether its address is known. */
  readonly state?: DatabaseInspection['state'];
  readonly known?: boolean;
  /** How the volume's removal fails. */
  readonly refusal?: HoldfastError;
  readonly gone?: boolean;
  /** Whether the server has not the database yet. */
  readonly unused?: boolean;
  /** How the fetching of authorities fails. */
  readonly unequipped?: HoldfastError;
}

/** A database and a volume that are there or not, and what was done to them in order. */
function parts({ inUse = false, state = 'ready', known = true, refusal, gone = false, unused = false, unequipped }: Given = {}): {
  driver: StorageDriver;
  done: string[];
  equipped: string[];
  accesses: MetadataAccess[];
} {
  const equipped: string[] = [];
  const done: string[] = [];
  const accesses: MetadataAccess[] = [];
  const there = { database: false, volume: false };
  const inspection = (): DatabaseInspection => ({
    state: there.database ? state : 'absent',
    reason: there.database && state !== 'ready' ? "RDS instance 'a' is 'backing-up'" : undefined,
    resources: there.database ? [resource('rds-instance', 'none')] : [],
    database: there.database && known ? reached : undefined,
  });
  const database: AwsDatabase = {
    plan: async () => ({
      resources: [resource('rds-instance', there.database ? 'none' : 'create')],
      upToDate: there.database,
      cost: { monthlyUsd: { from: 20, to: 50 }, text: 'about 20 to 50 USD a month' },
    }),
    provision: async () => (done.push('database made'), (there.database = true), reached),
    inspect: async () => inspection(),
    equip: async () => {
      equipped.push(there.database ? 'equipped' : 'equipped too soon');
      if (unequipped !== undefined) throw unequipped;
    },
    isUnused: async () => unused,
    planRemoval: async () => [],
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
    destroy: async () => {
      if (refusal !== undefined) throw refusal;
      done.push('volume removed');
      there.volume = false;
    },
    bootFragment: () => '',
  });
  const placeholder = { ...reached, password: reached.passwordSource };
  return { driver: createProvisionedDriver({ database, over, local: over(placeholder), isVolumeGone: async () => gone }), done, equipped, accesses };
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

const unreached = new HoldfastError('HF_STORAGE_IO', { kind: 'unavailable', message: 'it does not answer' });
const notEmpty = new HoldfastError('HF_STORAGE_NOT_EMPTY', { kind: 'conflict', message: 'it holds snapshots' });

test.each(['creating', 'failed', 'degraded'] as const)(
  'a volume whose database is %s and answers is checked and removed before it',
  async (state) => {
    const { driver, done } = parts({ state });
    await driver.provision();
    await driver.destroy();
    expect(done).toEqual(['database made', 'volume made', 'volume removed', 'database removed']);
    const full = parts({ state, refusal: notEmpty, gone: true });
    await full.driver.provision();
    await assertRejects(full.driver.destroy(), { code: 'HF_STORAGE_NOT_EMPTY' });
    expect(full.done).toEqual(['database made', 'volume made']);
  },
);

test.each([{ known: false }, { refusal: unreached }])('a database that cannot be asked for its volume (%j) is not removed', async (given) => {
  for (const state of ['creating', 'failed', 'degraded'] as const) {
    const { driver, done } = parts({ state, ...given });
    await driver.provision();
    const error = await assertRejects(driver.destroy({ force: true }), { code: 'HF_STORAGE_IO', kind: 'unavailable' });
    expect(error.message).toContain("'backing-up'");
    expect(done).toEqual(['database made', 'volume made']);
  }
});

test.each([{ known: false }, { refusal: unreached }])('a removal that ended in the middle of the database (%j) is gone on with', async (given) => {
  const { driver, done } = parts({ state: 'degraded', gone: true, ...given });
  await driver.provision();
  await driver.destroy();
  expect(done.at(-1)).toBe('database removed');
});

test('a volume in a ready database that refuses to be removed keeps its database, whatever its bucket has', async () => {
  const { driver, done } = parts({ refusal: unreached, gone: true });
  await driver.provision();
  await assertRejects(driver.destroy(), { code: 'HF_STORAGE_IO' });
  expect(done).not.toContain('database removed');
});

const shutOut = new HoldfastError('HF_STORAGE_PERMISSION', { kind: 'permission', message: 'it does not let the user in' });

test('a server on which the first run never made the database is removed without a second provision', async () => {
  const { driver, done } = parts({ refusal: shutOut, unused: true });
  await driver.provision();
  await driver.destroy();
  expect(done.at(-1)).toBe('database removed');
});

test.each([
  { refusal: shutOut, unused: false, gone: true },
  { refusal: unreached, unused: true, gone: true },
])('one that may have it is kept with it (%j)', async (given) => {
  const { driver, done } = parts(given);
  await driver.provision();
  await assertRejects(driver.destroy({ force: true }), { code: given.refusal.code });
  expect(done).not.toContain('database removed');
});

test('attach says that the database cannot be used, not that it is not there', async () => {
  const { driver } = parts({ state: 'creating', known: false });
  await driver.provision();
  await assertRejects(driver.attach(), { code: 'HF_STORAGE_IO', kind: 'unavailable' });
  await expect(driver.attach()).rejects.toThrow("'backing-up'");
  const busy = parts({ state: 'creating' });
  await busy.driver.provision();
  await expect(busy.driver.attach()).rejects.toThrow('attached');
});

test('a machine that did not provision is given the authorities before it asks or attaches', async () => {
  const { driver, equipped } = parts();
  await driver.provision();
  for (const ask of [driver.attach, driver.inspect, driver.plan, driver.destroy]) {
    equipped.splice(0);
    await ask().then(
      () => undefined,
      () => undefined,
    );
    expect(equipped).toEqual(['equipped']);
  }
});

test('authorities that cannot be had stop an attach with their reason, and no look', async () => {
  const unequipped = new HoldfastError('HF_CLOUD_UNAVAILABLE', { kind: 'unavailable', message: 'the bundle cannot be fetched' });
  const { driver } = parts({ unequipped });
  expect(await driver.provision()).toMatchObject({ state: 'ready' });
  await assertRejects(driver.attach(), { code: 'HF_CLOUD_UNAVAILABLE' });
});
