import { join } from 'node:path';
import { assertDurable, awsDatabase, type AwsDatabase, type DatabaseConfig, databaseServices, lossOf } from '@holdfast/aws-databases';
import { resourceState } from '@holdfast/core/provision';
import { expect, test } from 'vitest';
import { type FakeCloud, fakeCloud } from './support/fake-cloud.js';
import { configOf, temporaryFolder, virtualClock } from './support/fixture.js';

const open = (config: DatabaseConfig, cloud: FakeCloud, folder: string): AwsDatabase =>
  awsDatabase(config, { ports: cloud.ports, state: resourceState(join(folder, 'a')), clock: virtualClock() });

test.each([
  ['rdsPostgres', 'failed'],
  ['elasticache', 'create-failed'],
  ['memorydb', 'create failed'],
] as const)('%s: a creation that fails is told at once, with the reason of its service', async (service, fails) => {
  const cloud = fakeCloud({ fails });
  await using folder = await temporaryFolder();
  const database = open(configOf(service), cloud, folder.path);
  await expect(database.provision()).rejects.toMatchObject({ code: 'HF_PROVISION_FAILED', context: { state: fails } });
  await expect(database.provision()).rejects.toThrow('no capacity left in the zone');
  expect(await database.inspect()).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('no capacity left') as string,
    database: undefined,
  });
  await database.destroy();
  expect(cloud.inventory()).toEqual([]);
});

test.each([
  ['rdsPostgres', 'backing-up', 'creating'],
  ['rdsMysql', 'storage-full', 'failed'],
  ['elasticache', 'modifying', 'creating'],
  ['memorydb', 'snapshotting', 'creating'],
] as const)('%s that is %s tells how it is reached all the same', async (service, word, state) => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const config = configOf(service);
  const provisioned = await open(config, cloud, folder.path).provision();
  const becomes =
    <Found>(find: (name: string, call: object) => Promise<Found | undefined>) =>
    async (name: string, call: object) => {
      const found = await find(name, call);
      return found && { ...found, state: word };
    };
  const { rds, elasticache, memorydb } = cloud.ports;
  const ports = {
    ...cloud.ports,
    rds: { ...rds, instances: { ...rds.instances, find: becomes(rds.instances.find) } },
    elasticache: {
      ...elasticache,
      replicationGroups: { ...elasticache.replicationGroups, find: becomes(elasticache.replicationGroups.find) },
    },
    memorydb: { ...memorydb, clusters: { ...memorydb.clusters, find: becomes(memorydb.clusters.find) } },
  };
  const database = awsDatabase(config, { ports, state: resourceState(join(folder.path, 'a')), clock: virtualClock() });
  expect(await database.inspect()).toMatchObject({ state, database: provisioned });
});

test('the address of what somebody else made is not told', async () => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  await open(configOf('rdsPostgres'), cloud, folder.path).provision();
  const item = cloud.ports.rds.instances;
  const find: typeof item.find = async (...given) => {
    const found = await item.find(...given);
    return found && { ...found, tags: {} };
  };
  const ports = { ...cloud.ports, rds: { ...cloud.ports.rds, instances: { ...item, find } } };
  const database = awsDatabase(configOf('rdsPostgres'), { ports, state: resourceState(join(folder.path, 'a')) });
  expect(await database.inspect()).toMatchObject({ state: 'failed', database: undefined });
});

test('what is still being made at the deadline is waited for by the next run', async () => {
  const cloud = fakeCloud({ creatingLooks: 12 });
  await using folder = await temporaryFolder();
  const database = open(configOf('memorydb', { timeout: '1m' }), cloud, folder.path);
  await expect(database.provision()).rejects.toMatchObject({ code: 'HF_PROVISION_TIMEOUT', context: { state: 'creating' } });
  expect(await database.inspect()).toMatchObject({ state: 'creating' });
  expect(await database.provision()).toMatchObject({ engine: 'redis', cluster: true });
  expect(cloud.created()).toMatchObject({ clusters: 1, acls: 1, users: 1 });
});

test('what somebody else made is neither taken, changed nor removed', async () => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const name = 'holdfast-a-postgres';
  await cloud.ports.rds.subnetGroups.create({ name, description: 'theirs', subnets: [], tags: {} }, {});
  const database = open(configOf('rdsPostgres'), cloud, folder.path);
  await expect(database.provision()).rejects.toMatchObject({ code: 'HF_PROVISION_CONFLICT', context: { resource: `subnet group '${name}'` } });
  expect(await database.inspect()).toMatchObject({ state: 'failed' });
  expect(await database.destroy()).toMatchObject({ left: [`subnet group '${name}'`] });
  expect(cloud.inventory()).toEqual([`rdsGroups ${name}`]);
});

test.each([
  [{ clusters: { encryptsTransit: false } }, 'does not encrypt'],
  [{ clusters: { parameterGroup: 'theirs' } }, "'volatile-lru'"],
])('MemoryDB with %j is not adopted', async ({ clusters }, words) => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const config = configOf('memorydb');
  await open(config, cloud, folder.path).provision();
  const { find } = cloud.ports.memorydb.clusters;
  const weakened = async (...given: Parameters<typeof find>): ReturnType<typeof find> => {
    const found = await find(...given);
    return found && { ...found, ...clusters };
  };
  const ports = { ...cloud.ports, memorydb: { ...cloud.ports.memorydb, clusters: { ...cloud.ports.memorydb.clusters, find: weakened } } };
  const adopting = { ...configOf('memorydb'), adopt: 'holdfast-a-memorydb', passwordSecret: 'holdfast/a/memorydb' };
  const database = awsDatabase(adopting, { ports, state: resourceState(join(folder.path, 'b')), clock: virtualClock() });
  await expect(database.provision()).rejects.toMatchObject({ code: 'HF_PROVISION_UNSAFE' });
  await expect(database.provision()).rejects.toThrow(words);
});

test('a parameter group that evicts is refused before anything is made', async () => {
  for (const service of ['elasticache', 'memorydb'] as const) {
    const cloud = fakeCloud();
    await using folder = await temporaryFolder();
    const database = open(configOf(service, { parameterGroup: 'evicting' }), cloud, folder.path);
    await expect(database.provision()).rejects.toMatchObject({ code: 'HF_PROVISION_UNSAFE', context: { policy: 'volatile-lru' } });
    expect(cloud.inventory().filter((name) => /replication|cluster/u.test(name))).toEqual([]);
  }
});

test('the group that is made does not evict, also where a kill came before its parameter', async () => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const left = { name: 'holdfast-a-cache', family: 'valkey8', description: 'Holdfast catalog a', tags: {} };
  await cloud.ports.elasticache.parameterGroups.create(left, {});
  await open(configOf('elasticache'), cloud, folder.path).provision();
  expect(await cloud.ports.elasticache.parameterGroups.read('holdfast-a-cache', 'maxmemory-policy', {})).toBe('noeviction');
});

test('only ElastiCache loses what it acknowledged, and those who cannot bear that are stopped', () => {
  expect(databaseServices.filter((service) => lossOf(service) !== undefined)).toEqual(['elasticache']);
  expect(() => assertDurable('elasticache', 'a volume', { allowDataLoss: false })).toThrow(expect.objectContaining({ code: 'HF_PROVISION_UNSAFE' }));
  assertDurable('elasticache', 'a volume', { allowDataLoss: true });
  assertDurable('memorydb', 'a volume', { allowDataLoss: false });
});

test('subnets of one zone are refused before anything is made', async () => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const subnets = async (): Promise<{ id: string; vpc: string; zone: string }[]> => [
    { id: 'subnet-0a', vpc: 'vpc-1', zone: 'a' },
    { id: 'subnet-0b', vpc: 'vpc-1', zone: 'a' },
  ];
  const ports = { ...cloud.ports, network: { ...cloud.ports.network, subnets } };
  const database = awsDatabase(configOf('rdsMysql'), { ports, state: resourceState(join(folder.path, 'a')) });
  await expect(database.provision()).rejects.toMatchObject({ code: 'HF_CLOUD_REFUSED', kind: 'invalid-argument' });
  expect(cloud.inventory()).toEqual([]);
});
