import { join } from 'node:path';
import { awsDatabase, type AwsDatabase, type DatabasePurpose, databaseServices, parseDatabaseConfig } from '@holdfast/aws-databases';
import { resourceState } from '@holdfast/core/provision';
import { expect, test } from 'vitest';
import { type FakeCloud, fakeCloud } from './support/fake-cloud.js';
import { configOf, place, temporaryFolder, virtualClock } from './support/fixture.js';

const purposes: readonly DatabasePurpose[] = ['catalog', 'volume'];

test.each(databaseServices)('%s: a catalog and a volume of one name have nothing in common, and neither goes with the other', async (service) => {
  const cloud: FakeCloud = fakeCloud();
  await using folder = await temporaryFolder();
  const open = (purpose: DatabasePurpose): AwsDatabase =>
    awsDatabase(configOf(service, {}, purpose), { ports: cloud.ports, state: resourceState(join(folder.path, purpose)), clock: virtualClock() });
  await open('volume').provision();
  const volume = cloud.inventory();
  await open('catalog').provision();
  expect(cloud.inventory()).toHaveLength(2 * volume.length);
  await open('catalog').destroy();
  expect(cloud.inventory()).toEqual(volume);
  expect(await open('volume').inspect()).toMatchObject({ state: 'ready' });
});

test('what has the name and was made for the other purpose is refused, and both are named', async () => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  const tags = { 'holdfast:deployment': 'a', 'holdfast:purpose': 'volume' };
  await cloud.ports.secrets.create({ name: 'holdfast/a/memorydb', description: '', kmsKey: undefined, text: '{}', tags }, {});
  const database = awsDatabase(configOf('memorydb'), { ports: cloud.ports, state: resourceState(folder.path), clock: virtualClock() });
  await expect(database.provision()).rejects.toMatchObject({
    code: 'HF_PROVISION_CONFLICT',
    message: "secret 'holdfast/a/memorydb' is there, made for 'Holdfast volume a' and not for 'Holdfast catalog a'",
  });
  expect((await database.destroy()).left).toContain("secret 'holdfast/a/memorydb'");
});

test.each(purposes)('the longest name of a %s has the 40 characters that the services take', async (purpose) => {
  const name = 'a'.repeat(22);
  for (const service of ['elasticache', 'memorydb'] as const) {
    const cloud = fakeCloud();
    await using folder = await temporaryFolder();
    const config = parseDatabaseConfig({ name, purpose }, { [service]: place });
    const plan = await awsDatabase(config, { ports: cloud.ports, state: resourceState(folder.path) }).plan();
    const lengths = plan.resources.filter(({ kind }) => kind !== 'secret').map(({ name: each }) => each.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(40);
    expect(Math.max(...lengths)).toBeGreaterThan(22);
  }
});
