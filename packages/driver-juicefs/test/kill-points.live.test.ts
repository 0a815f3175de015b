import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsSdkPorts } from '@holdfast/aws-databases/aws-sdk';
import { serverSessions } from '@holdfast/catalog/sessions';
import type { StorageDriver } from '@holdfast/core';
import { juicefs } from '@holdfast/driver-juicefs';
import { s3Buckets } from '@holdfast/driver-juicefs/aws-sdk';
import { endpointsOn, type FakeAws, type Killable, startFakeAws, tryKillPoints } from '@holdfast/testkit/aws';
import { missingServer, startRedis, type TestServer } from '@holdfast/testkit/servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lockKey } from '../src/format-lock.js';

const missing = (['moto_server', 'redis', 'juicefs'] as const).map((kind) => missingServer(kind)).find((each) => each !== undefined);
const bucket = 'bucket-kills';
const name = 'kills';

/** Of the bucket and the volume; those of the databases are in aws-databases, and all of all engines in script/chaos --provision --storage juicefs. */
describe.skipIf(missing !== undefined)(`a volume killed after calls of S3${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let redis: TestServer;
  let aws: FakeAws;
  let base: string;
  beforeAll(async () => {
    redis = await startRedis({ tls: true });
    aws = await startFakeAws({ endpoints: endpointsOn([redis]) });
  }, 120_000);
  afterAll(async () => {
    await aws?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  }, 60_000);
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'hf-juicefs-kills-'));
  });
  afterEach(async () => rm(base, { recursive: true, force: true }));

  /** As a process that has just begun; `round` is the machine, with its notes. */
  const aDriver = async (round: number): Promise<StorageDriver> => {
    const { region, credentials } = aws.client;
    const ports = awsSdkPorts({ ...aws.client, sql: serverSessions() });
    const keys = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
    const place = (word: string): string => join(base, String(round), word);
    return juicefs({
      environment: { ...process.env, ...keys, SSL_CERT_FILE: redis.caFile },
      buckets: s3Buckets(),
      secrets: { read: ({ secret }) => ports.secrets.read(secret, {}) },
      databases: () => ports,
    }).create({
      type: 'juicefs',
      name,
      bucket: { name: bucket, region, endpoint: aws.endpoint },
      metadata: { elasticache: { region, subnets: (await aws.subnets()).slice(0, 2), clientCidrs: ['10.0.0.0/16'] } },
      allowDataLoss: true,
      mount: { path: place('mount'), cacheDirectories: [place('cache')], logFile: place('log') },
      stateDirectory: place('state'),
    });
  };

  /** What the killed one held for a minute and a half. */
  const expireLock = async (): Promise<void> => {
    const { region, endpoint, credentials } = aws.client;
    const objects = s3Buckets()({ name: bucket, region, endpoint }, { ...credentials, sessionToken: undefined });
    const held = (await objects.exists()) ? await objects.read(lockKey(name)) : undefined;
    if (held !== undefined) await objects.write(lockKey(name), JSON.stringify({ holder: 'gone', expiresAt: 0 }), { over: held.etag });
    objects.close();
  };

  const left = async (): Promise<readonly string[]> => (await aws.inventory()).map((item) => `${item.type} ${item.name}`).toSorted();
  const whole = [
    'ec2:SecurityGroup hfvolume-kills-cache',
    'elasticache:CacheParameterGroup hfvolume-kills-cache',
    'elasticache:CacheSubnetGroup hfvolume-kills-cache',
    'elasticache:ReplicationGroup hfvolume-kills-cache',
    's3:Bucket bucket-kills',
    'secretsmanager:Secret holdfast/kills/volume-cache',
  ];

  const killable = (verb: 'provision' | 'destroy'): Killable => {
    let round = 0;
    let wasKilled = false;
    return {
      prepare: async () => {
        round += 1;
        wasKilled = false;
        await redis.query('FLUSHALL');
        if (verb === 'destroy') await (await aDriver(round)).provision();
      },
      run: async (signal) => {
        if (wasKilled) await expireLock();
        const driver = await aDriver(round);
        signal.addEventListener('abort', () => (wasKilled = true));
        await driver[verb]({ signal });
      },
    };
  };

  test('provision: run again there is one of each, and the volume is whole', async () => {
    const points = await tryKillPoints(aws, killable('provision'), {
      answers: 'either',
      only: 's3:Put*',
      check: async (point) => {
        expect(await left(), JSON.stringify(point)).toEqual(whole);
      },
    });
    expect(points.length).toBeGreaterThan(6);
    const driver = await aDriver(0);
    expect(await driver.plan()).toMatchObject({ upToDate: true });
  }, 300_000);

  test('destroy: run again there is nothing', async () => {
    const points = await tryKillPoints(aws, killable('destroy'), {
      answers: 'either',
      only: 's3:Delete*',
      check: async (point) => {
        expect(await left(), JSON.stringify(point)).toEqual([]);
      },
    });
    expect(points.length).toBeGreaterThan(2);
  }, 300_000);
});
