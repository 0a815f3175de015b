import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { awsDatabase, type AwsDatabase } from '@holdfast/aws-databases';
import { resourceState } from '@holdfast/core/provision';
import { expect, test } from 'vitest';
import { fakeCloud } from './support/fake-cloud.js';
import { configOf, temporaryFolder, virtualClock } from './support/fixture.js';

test('on another machine than the one that provisioned, the authorities are fetched to where the database says that they are, once', async () => {
  const cloud = fakeCloud();
  await using here = await temporaryFolder();
  await using there = await temporaryFolder();
  let fetched = 0;
  const { fetchText } = cloud.ports;
  const ports = { ...cloud.ports, fetchText: async (...given: Parameters<typeof fetchText>) => ((fetched += 1), fetchText(...given)) };
  const open = (folder: string): AwsDatabase =>
    awsDatabase(configOf('rdsPostgres'), { ports, state: resourceState(join(folder, 'a')), clock: virtualClock() });
  await open(here.path).provision();
  const { database } = await open(there.path).inspect();
  const caFile = database?.tls.caFile ?? '';
  await expect(readFile(caFile)).rejects.toMatchObject({ code: 'ENOENT' });
  await open(there.path).equip();
  await open(there.path).equip();
  expect(await readFile(caFile, 'utf8')).toContain('BEGIN CERTIFICATE');
  expect(fetched).toBe(2);
});

test('where the authorities cannot be written, it says where', async () => {
  const cloud = fakeCloud();
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'a'));
  await writeFile(join(folder.path, 'authorities'), 'a file in the way');
  const database = awsDatabase(configOf('rdsMysql'), { ports: cloud.ports, state: resourceState(join(folder.path, 'a')) });
  const path = join(folder.path, 'authorities/rds-global-bundle.pem');
  await expect(database.equip()).rejects.toMatchObject({ code: 'HF_PROVISION_STATE', context: { path } });
});
