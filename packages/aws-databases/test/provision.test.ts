import { join } from 'node:path';
import { awsDatabase, type AwsDatabase, catalogSection, type DatabaseConfig, databaseServices, costClass } from '@holdfast/aws-databases';
import { resourceState } from '@holdfast/core/provision';
import { expect, test } from 'vitest';
import { administrator, type FakeCloud, fakeCloud } from './support/fake-cloud.js';
import { configOf, temporaryFolder, virtualClock } from './support/fixture.js';

const open = (config: DatabaseConfig, cloud: FakeCloud, folder: string): AwsDatabase =>
  awsDatabase(config, { ports: cloud.ports, state: resourceState(join(folder, 'a')), clock: virtualClock() });

/** The passwords that a run made. */
async function passwords(cloud: FakeCloud): Promise<readonly string[]> {
  const names = cloud.inventory().flatMap((name) => (name.startsWith('secrets ') ? [name.slice('secrets '.length)] : []));
  const texts = await Promise.all(names.map(async (name) => cloud.ports.secrets.read(`arn:secret:${name}`, {})));
  return texts.map((text) => (JSON.parse(text) as { password: string }).password);
}

test.each(databaseServices)('%s: the plan is what is made, and afterwards there is nothing to do', async (service) => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const database = open(configOf(service), cloud, folder.path);
  const plan = await database.plan();
  expect(cloud.inventory()).toEqual([]);
  expect(plan.upToDate).toBe(false);
  expect(plan.cost.text).toMatch(/USD a month/u);
  await database.provision();
  expect(plan.resources.map(({ name }) => name).toSorted()).toEqual(
    cloud
      .inventory()
      .map((name) => name.replace(/^\w+ /u, ''))
      .toSorted(),
  );
  expect(await database.plan()).toMatchObject({ upToDate: true });
  const before = cloud.created();
  await database.provision();
  expect(cloud.created()).toEqual(before);
});

test.each(databaseServices)('%s: no password is in the notes, the progress, the answer or a statement of PostgreSQL', async (service) => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const database = open(configOf(service), cloud, folder.path);
  const said: string[] = [];
  const provisioned = await database.provision({ onProgress: ({ message }) => said.push(message) });
  const made = [...(await passwords(cloud)), administrator.password];
  expect(made).toHaveLength(2);
  const all = [await folder.text(), JSON.stringify(provisioned), JSON.stringify(await database.inspect()), ...said, ...cloud.sql.statements].join(
    '\n',
  );
  for (const password of made) expect(all).not.toContain(password);
  expect(said.length).toBeGreaterThan(2);
});

test.each(databaseServices)('%s: the catalog’s section says where the password is, and inspection tells the same', async (service) => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const database = open(configOf(service, { region: 'eu-west-1' }), cloud, folder.path);
  const provisioned = await database.provision();
  expect(catalogSection(provisioned)).toMatchObject({
    passwordSecret: expect.stringContaining('arn:secret:holdfast/a/') as string,
    region: 'eu-west-1',
    tls: 'verify',
  });
  expect(await database.inspect()).toMatchObject({ state: 'ready', database: provisioned });
});

test('on a server of RDS the user is one that must encrypt, and owns its database alone', async () => {
  const mysql = fakeCloud();
  const postgres = fakeCloud();
  await using folder = await temporaryFolder();
  await open(configOf('rdsMysql'), mysql, join(folder.path, 'm')).provision();
  await open(configOf('rdsPostgres'), postgres, join(folder.path, 'p')).provision();
  expect(
    mysql.sql.statements.filter((sql) => sql.includes(' user ? ') || /^(create|alter) user/u.test(sql)).every((sql) => sql.endsWith('require ssl')),
  ).toBe(true);
  expect(mysql.sql.statements).toContain('grant all privileges on `holdfast`.* to ?@?');
  expect(postgres.sql.statements).toContain('create database "holdfast" owner "holdfast"');
  expect(postgres.sql.statements).toContain('revoke all on database "holdfast" from public');
});

test('every deployment has a password of its own', async () => {
  const all = new Set<string>();
  for (let run = 0; run < 4; run += 1) {
    const cloud = fakeCloud();
    await using folder = await temporaryFolder();
    await open(configOf('memorydb'), cloud, folder.path).provision();
    for (const password of await passwords(cloud)) all.add(password);
  }
  expect(all.size).toBe(4);
  for (const password of all) expect(password).toMatch(/^[A-Za-z0-9]{40}$/u);
});

test('an administrator’s password that RDS is still making is waited for', async () => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const { instances } = cloud.ports.rds;
  let looks = 0;
  const find: typeof instances.find = async (name, call) => {
    const found = await instances.find(name, call);
    looks += 1;
    return found && { ...found, masterSecret: { arn: looks < 6 ? 'arn:not-yet' : 'arn:master', state: looks < 6 ? 'creating' : 'active' } };
  };
  const ports = { ...cloud.ports, rds: { ...cloud.ports.rds, instances: { ...instances, find } } };
  const database = awsDatabase(configOf('rdsPostgres'), { ports, state: resourceState(join(folder.path, 'a')), clock: virtualClock() });
  expect(await database.provision()).toMatchObject({ engine: 'postgres' });
  expect(looks).toBe(6);
});

test('a rerun logs in as the user and asks for no administrator', async () => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const database = open(configOf('rdsPostgres'), cloud, folder.path);
  await database.provision();
  cloud.sql.users.delete(administrator.user);
  cloud.sql.statements.splice(0);
  await database.provision();
  expect(cloud.sql.statements).toEqual(['select 1']);
});

test('an adopted server keeps what is there: it is used, and a removal leaves it', async () => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  await open(configOf('rdsPostgres'), cloud, join(folder.path, 'theirs')).provision();
  const adopt = 'holdfast-a-postgres';
  const theirs = configOf('rdsPostgres', { subnets: undefined, clientSecurityGroups: undefined, clientCidrs: undefined, adopt });
  const config = { ...theirs, name: 'b' };
  const ours = open(config, cloud, join(folder.path, 'ours'));
  await expect(ours.provision()).rejects.toMatchObject({ code: 'HF_PROVISION_CONFLICT', context: { user: 'holdfast' } });
  const other = open({ ...config, user: 'other', database: 'other' } as DatabaseConfig, cloud, join(folder.path, 'ours'));
  expect(await other.provision()).toMatchObject({ user: 'other', host: `${adopt}.rds.test` });
  const { removed, left } = await other.destroy();
  expect(removed).toEqual([]);
  expect(left).toEqual(expect.arrayContaining([`RDS instance '${adopt}'`, "secret 'holdfast/b/postgres'"]));
  expect(await other.provision()).toMatchObject({ user: 'other' });
  expect(cloud.inventory()).toContain(`instances ${adopt}`);
});

test.each([
  ['valkey', '8.0', 'valkey8'],
  ['redis', '7.1', 'redis7'],
  ['redis', '6.2', 'redis6.x'],
  ['redis', '5.0.6', 'redis5.0'],
  ['redis', '5', 'redis5.0'],
])('the parameter group of %s %s is of the family %s', async (engine, version, family) => {
  await using folder = await temporaryFolder();
  const plan = await open(configOf('elasticache', { engine, version }), fakeCloud(), folder.path).plan();
  expect(plan.resources.find(({ kind }) => kind === 'parameter-group')?.detail).toBe(`${family}, maxmemory-policy noeviction`);
});

test('the engine of one that is there must be the one that was asked for', async () => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  await open(configOf('rdsPostgres'), cloud, join(folder.path, 'theirs')).provision();
  const config = configOf('rdsMysql', { subnets: undefined, clientSecurityGroups: undefined, clientCidrs: undefined, adopt: 'holdfast-a-postgres' });
  await expect(open(config, cloud, folder.path).provision()).rejects.toThrow('its engine is postgres, not mysql');
});

test.each([
  ['rdsPostgres', {}, 'about 20 to 50 USD a month'],
  ['rdsPostgres', { multiAz: true }, 'about 50 to 100 USD a month'],
  ['memorydb', {}, 'about 50 to 100 USD a month'],
  ['elasticache', { nodeType: 'cache.r7g.xlarge' }, 'about 500 to 1000 USD a month'],
  ['rdsMysql', { instanceClass: 'db.r7g.24xlarge' }, 'more than 2500 USD a month'],
] as const)('%s with %j costs %s', (service, more, text) => {
  expect(costClass(configOf(service, more)).text).toBe(text);
});
