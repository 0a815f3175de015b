import { HoldfastError } from '@holdfast/core';
import { resourceState } from '@holdfast/core/provision';
import { awsDatabase, type AwsDatabase, type DatabaseConfig, type DatabasePorts } from '@holdfast/aws-databases';
import { expect, test } from 'vitest';
import { type FakeCloud, fakeCloud } from './support/fake-cloud.js';
import { configOf, temporaryFolder, virtualClock } from './support/fixture.js';

interface Bench extends AsyncDisposable {
  readonly cloud: FakeCloud;
  open(config: DatabaseConfig, ports?: DatabasePorts): AwsDatabase;
}

async function bench(): Promise<Bench> {
  const cloud = fakeCloud();
  const folder = await temporaryFolder();
  return {
    cloud,
    open: (config, ports = cloud.ports) => awsDatabase(config, { ports, state: resourceState(folder.path), clock: virtualClock() }),
    [Symbol.asyncDispose]: async () => folder[Symbol.asyncDispose](),
  };
}

const bare = { subnets: undefined, clientSecurityGroups: undefined, clientCidrs: undefined };

test.each([
  ['rdsPostgres', { securityGroups: ['sg-1'], clientSecurityGroups: undefined, clientCidrs: undefined }],
  ['elasticache', { parameterGroup: 'given', securityGroups: ['sg-1'], clientSecurityGroups: undefined, clientCidrs: undefined }],
  ['memorydb', { user: 'another', subnets: ['subnet-1', 'subnet-2'] }],
] as const)('%s: what was made is removed, whatever of %j the configuration says by now', async (service, changes) => {
  await using here = await bench();
  await here.open(configOf(service)).provision();
  const changed = here.open(configOf(service, changes));
  expect(await changed.planRemoval()).toHaveLength(here.cloud.inventory().length);
  await changed.destroy();
  expect(here.cloud.inventory()).toEqual([]);
});

test('subnets that are gone stand in the way of no look and no removal', async () => {
  await using here = await bench();
  await here.open(configOf('rdsMysql')).provision();
  const gone = async (): Promise<never> => {
    throw new HoldfastError('HF_CLOUD_REFUSED', { kind: 'not-found', message: 'InvalidSubnetID.NotFound' });
  };
  const { ports } = here.cloud;
  const database = here.open(configOf('rdsMysql'), { ...ports, network: { ...ports.network, subnets: gone } });
  expect(await database.inspect()).toMatchObject({ state: 'ready' });
  await database.destroy();
  expect(here.cloud.inventory()).toEqual([]);
});

test.each([
  ['rdsPostgres', {}],
  ['memorydb', {}],
  ['rdsMysql', { ...bare, adopt: 'theirs' }],
  ['rdsMysql', { ...bare, adopt: 'holdfast-a-mysql' }],
] as const)('a database that the notes do not tell of (%s, %j) is neither made nor taken for the one that was made', async (service, more) => {
  await using here = await bench();
  await here.open(configOf('rdsMysql')).provision();
  const before = here.cloud.inventory();
  const other = here.open(configOf(service, more));
  for (const run of [other.plan, other.planRemoval, other.provision, other.destroy]) {
    await expect(run()).rejects.toMatchObject({ code: 'HF_PROVISION_CONFLICT', context: { noted: 'holdfast-a-mysql' } });
  }
  expect(await other.inspect()).toMatchObject({
    state: 'failed',
    database: undefined,
    reason: expect.stringContaining('holdfast-a-mysql') as string,
  });
  expect(here.cloud.inventory()).toEqual(before);
});

test('what was adopted is not removed by a configuration that has forgotten it', async () => {
  await using theirs = await bench();
  await theirs.open(configOf('rdsMysql')).provision();
  await using here = await bench();
  const adopted = { ...configOf('rdsMysql', { ...bare, adopt: 'holdfast-a-mysql', user: 'other', database: 'other' }) };
  await here.open(adopted, theirs.cloud.ports).provision();
  const before = theirs.cloud.inventory();
  await expect(here.open(configOf('rdsMysql'), theirs.cloud.ports).destroy()).rejects.toMatchObject({ code: 'HF_PROVISION_CONFLICT' });
  expect(theirs.cloud.inventory()).toEqual(before);
});

test('a user of MemoryDB by another name is not made beside the first', async () => {
  await using here = await bench();
  await here.open(configOf('memorydb')).provision();
  await expect(here.open(configOf('memorydb', { user: 'another' })).provision()).rejects.toThrow("memorydb-user 'holdfast-a' was made");
  expect(here.cloud.created()).toMatchObject({ users: 1 });
});

test('a secret that opens what stays is not told as one that would be removed', async () => {
  await using theirs = await bench();
  await theirs.open(configOf('rdsMysql')).provision();
  const named = { ...configOf('rdsMysql', { ...bare, adopt: 'holdfast-a-mysql', user: 'other', database: 'other' }), name: 'b' };
  await using here = await bench();
  const database = here.open(named, theirs.cloud.ports);
  await database.provision();
  expect(await database.planRemoval()).toEqual([]);
  expect((await database.destroy()).left).toContain("secret 'holdfast/b/mysql'");
});

test('while something still uses what is removed, the progress tells so', async () => {
  await using here = await bench();
  await here.open(configOf('rdsMysql')).provision();
  const { ports } = here.cloud;
  let refusals = 3;
  const removeSecurityGroup: DatabasePorts['network']['removeSecurityGroup'] = async (...given) => {
    if ((refusals -= 1) >= 0) throw new HoldfastError('HF_CLOUD_UNAVAILABLE', { kind: 'conflict', retry: 'yes', message: 'DependencyViolation' });
    return ports.network.removeSecurityGroup(...given);
  };
  const said: string[] = [];
  const database = here.open(configOf('rdsMysql'), { ...ports, network: { ...ports.network, removeSecurityGroup } });
  await database.destroy({ onProgress: ({ message }) => said.push(message) });
  expect(said.filter((message) => message.includes('waiting, since DependencyViolation'))).toHaveLength(3);
});

test.each(['rdsMysql', 'rdsPostgres'] as const)('%s: a server is unused until its database was made', async (service) => {
  await using here = await bench();
  const { ports, sql } = here.cloud;
  const stopped = here.open(configOf(service), { ...ports, sql: { connect: () => Promise.reject(new Error('killed')) } });
  await expect(stopped.provision()).rejects.toThrow('killed');
  const database = here.open(configOf(service));
  expect(await database.isUnused()).toBe(true);
  await database.provision();
  expect(sql.databases.size).toBe(1);
  expect(await database.isUnused()).toBe(false);
});
