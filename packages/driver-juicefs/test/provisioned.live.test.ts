import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { awsSdkPorts } from '@holdfast/aws-databases/aws-sdk';
import { serverSessions } from '@holdfast/catalog/sessions';
import type { StorageDriver } from '@holdfast/core';
import { juicefs } from '@holdfast/driver-juicefs';
import { s3Buckets } from '@holdfast/driver-juicefs/aws-sdk';
import { endpointsOn, type FakeAws, startFakeAws } from '@holdfast/testkit/aws';
import { startPostgres, type TestServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { unmountBelow } from './support/test-volume.js';

let postgres: TestServer;
let aws: FakeAws;
let base: string;

beforeAll(async () => {
  postgres = await startPostgres({ tls: true });
  aws = await startFakeAws({ endpoints: endpointsOn([postgres]) });
});
afterAll(async () => {
  await aws?.[Symbol.asyncDispose]();
  await postgres?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await aws.reset();
  base = await mkdtemp(join(tmpdir(), 'hf-juicefs-aws-'));
  return async () => {
    await unmountBelow(base);
    await rm(base, { recursive: true, force: true });
  };
});

/** The storage of one deployment, its database in RDS, as one machine has it. */
async function aDriver(id: string): Promise<StorageDriver> {
  const { region, credentials } = aws.client;
  const ec2 = new EC2Client(aws.client);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  ec2.destroy();
  const ports = awsSdkPorts({ ...aws.client, sql: serverSessions() });
  const environment = { ...process.env, AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
  return juicefs({
    environment,
    buckets: s3Buckets(),
    secrets: { read: ({ secret }) => ports.secrets.read(secret, {}) },
    databases: () => ports,
  }).create({
    type: 'juicefs',
    name: `v-${id}`,
    bucket: { name: `bucket-${id}`, region, endpoint: aws.endpoint },
    metadata: {
      rdsPostgres: {
        subnets: Subnets.slice(0, 2).map(({ SubnetId = '' }) => SubnetId),
        clientCidrs: ['10.0.0.0/16'],
        tlsCaFile: postgres.caFile,
        user: `u_${id}`,
        database: `d_${id}`,
      },
    },
    mount: { path: join(base, 'mount'), cacheDirectories: [join(base, 'cache')], logFile: join(base, 'log') },
    stateDirectory: join(base, 'state'),
  });
}

const left = async (): Promise<readonly string[]> => (await aws.inventory()).map(({ type, name }) => `${type} ${name}`).toSorted();

test('one configuration makes the database, the bucket and the volume, mounts them, and leaves nothing when it is destroyed', async () => {
  const id = randomBytes(4).toString('hex');
  const driver = await aDriver(id);
  const before = await left();
  const plan = await driver.plan();
  expect(plan.upToDate).toBe(false);
  expect(plan.resources[0]?.costClass).toMatch(/USD a month/u);
  expect((await driver.provision()).state).toBe('ready');
  expect((await driver.plan()).upToDate).toBe(true);
  expect(await left()).toEqual(expect.arrayContaining([`s3:Bucket bucket-${id}`]));
  const storage = await driver.attach();
  await writeFile(join(storage.root, 'written'), 'written', { flush: true });
  expect(await readFile(join(storage.root, 'written'), 'utf8')).toBe('written');
  await storage.detach();
  await driver.destroy({ force: true });
  expect(await left()).toEqual(before);
  expect((await driver.inspect()).state).toBe('absent');
});

test('a bucket whose making was cut off is found again, as one that is ours', async () => {
  const id = randomBytes(4).toString('hex');
  aws.script({ on: 's3:CreateBucket', times: 3, effect: { kind: 'cut', when: 'after' } });
  const driver = await aDriver(id);
  await driver.provision().catch(() => undefined);
  expect((await driver.provision()).state).toBe('ready');
  expect((await left()).filter((each) => each.startsWith('s3:Bucket'))).toEqual([`s3:Bucket bucket-${id}`]);
  await driver.destroy();
  expect((await left()).filter((each) => each.startsWith('s3:Bucket'))).toEqual([]);
});
