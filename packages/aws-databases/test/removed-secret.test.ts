import { awsDatabase, type AwsDatabase } from '@holdfast/aws-databases';
import { resourceState } from '@holdfast/core/provision';
import { expect, test } from 'vitest';
import { fakeCloud } from './support/fake-cloud.js';
import { configOf, temporaryFolder, virtualClock } from './support/fixture.js';

interface Bench extends AsyncDisposable {
  readonly database: AwsDatabase;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly restored: string[];
}

/** A secret of the name waits for its removal, for so many creations. */
async function benchWith(refusals: number, deployment: string | undefined): Promise<Bench> {
  const cloud = fakeCloud();
  const folder = await temporaryFolder();
  const { secrets } = cloud.ports;
  const clock = virtualClock();
  const restored: string[] = [];
  const tags = { 'holdfast:deployment': deployment ?? '', 'holdfast:purpose': 'catalog' };
  let tries = 0;
  const create: typeof secrets.create = async (spec, call) => ((tries += 1) <= refusals ? 'removing' : secrets.create(spec, call));
  const findRemoving: typeof secrets.findRemoving = async (name) => (deployment === undefined ? undefined : { arn: name, tags });
  const restore: typeof secrets.restore = async (name, call) => {
    restored.push(name);
    const text = '{"password":"as-it-was-before"}'.replaceAll('-', '0');
    await secrets.create({ name, description: '', kmsKey: undefined, text, tags }, call);
  };
  const ports = { ...cloud.ports, secrets: { ...secrets, create, findRemoving, restore } };
  const database = awsDatabase(configOf('memorydb'), { ports, state: resourceState(folder.path), clock });
  return { database, clock, restored, [Symbol.asyncDispose]: async () => folder[Symbol.asyncDispose]() };
}

test('a name that a removal holds for a while is waited for', async () => {
  await using bench = await benchWith(12, 'a');
  expect(await bench.database.provision()).toMatchObject({ engine: 'redis' });
  expect(bench.restored).toEqual([]);
});

test('one of ours that somebody scheduled for deletion is taken back after two minutes', async () => {
  await using bench = await benchWith(Infinity, 'a');
  expect(await bench.database.provision()).toMatchObject({ engine: 'redis' });
  expect(bench.restored).toEqual(['holdfast/a/memorydb']);
  expect(bench.clock.monotonicMs()).toBeGreaterThanOrEqual(120_000);
});

test.each([
  ['elasticache', 'holdfast/a/cache', 'ElastiCache replication group'],
  ['memorydb', 'holdfast/a/memorydb', 'MemoryDB user'],
] as const)('%s whose secret is gone is not called ready with a password that nobody set', async (service, secret, holder) => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const database = awsDatabase(configOf(service), { ports: cloud.ports, state: resourceState(folder.path), clock: virtualClock() });
  await database.provision();
  await cloud.ports.secrets.remove(secret, {});
  await expect(database.provision()).rejects.toMatchObject({
    code: 'HF_PROVISION_CONFLICT',
    message: expect.stringContaining(`${holder} 'holdfast-a`) as string,
  });
  expect(cloud.inventory()).not.toContain(`secrets ${secret}`);
});

test('an instance of RDS whose secret is gone gets a new password', async () => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const database = awsDatabase(configOf('rdsPostgres'), { ports: cloud.ports, state: resourceState(folder.path), clock: virtualClock() });
  await database.provision();
  await cloud.ports.secrets.remove('holdfast/a/postgres', {});
  expect(await database.provision()).toMatchObject({ engine: 'postgres' });
});

test('a removal that AWS speaks of and does not show ends the run', async () => {
  await using bench = await benchWith(100, undefined);
  await expect(bench.database.provision()).rejects.toMatchObject({ code: 'HF_CLOUD_UNAVAILABLE', retry: 'yes' });
});

test('one of somebody else is not taken back', async () => {
  await using bench = await benchWith(Infinity, 'b');
  await expect(bench.database.provision()).rejects.toMatchObject({
    code: 'HF_PROVISION_CONFLICT',
    message: expect.stringContaining('scheduled for deletion') as string,
  });
  expect(bench.restored).toEqual([]);
});
