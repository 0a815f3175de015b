import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { layerDriver } from '@holdfast/core';
import { assertRejects } from '@holdfast/testkit/contract';
import { type MinioServer, startMinio, startPostgres, startRedis, type TestServer } from '@holdfast/testkit/servers';
import { s3Buckets } from '@holdfast/driver-juicefs/aws-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lockKey } from '../src/format-lock.js';
import { clientsBelow, signal, testVolume } from './support/test-volume.js';

let server: TestServer;
let minio: MinioServer;

beforeAll(async () => {
  [server, minio] = await Promise.all([startPostgres(), startMinio()]);
});
afterAll(async () => {
  await Promise.all([server[Symbol.asyncDispose](), minio[Symbol.asyncDispose]()]);
});

test('a mount whose path leads through a link is the one that the path without it has', async () => {
  await using volume = await testVolume(server, minio);
  const [real, link] = [join(volume.base, 'here'), join(volume.base, 'link')];
  await mkdir(real, { recursive: true });
  await symlink('here', link);
  const direct = volume.driver();
  const linked = volume.driver({ more: { mount: { path: join(link, 'mount') } } });
  await direct.provision();
  const first = await linked.attach();
  expect(first.root).toBe(join(real, 'mount'));
  const second = await direct.attach();
  expect((await linked.status()).sessions).toHaveLength(2);
  await first.detach();
  await writeFile(join(second.root, 'file'), 'content');
  expect(await readFile(join(link, 'mount', 'file'), 'utf8')).toBe('content');
  await second.detach();
  expect((await direct.status()).root).toBeUndefined();
});

test('an attach that is given up at any moment leaves no client and no session, and the next one works', async () => {
  await using volume = await testVolume(server, minio);
  const driver = layerDriver(volume.driver());
  await driver.provision();
  let gaveUp = 0;
  // From before the client starts to after it has mounted.
  for (const afterMs of [0, 100, 200, 300, 450, 600, 800]) {
    const stop = new AbortController();
    const attaching = driver.attach({ signal: stop.signal });
    await sleep(afterMs);
    stop.abort();
    const attached = await attaching.catch(() => undefined);
    if (attached === undefined) gaveUp += 1;
    await attached?.detach();
    expect(await clientsBelow(volume.base), `after ${afterMs} ms`).toEqual([]);
    expect(await driver.status()).toMatchObject({ root: undefined, sessions: [] });
  }
  expect(gaveUp).toBeGreaterThan(3);
  const storage = await driver.attach();
  expect((await driver.status()).metrics).toMatchObject({ stagedBytes: 0, objectErrors: 0 });
  await storage.detach();
});

test('a provision that is given up gives the lock of the format back', async () => {
  await using volume = await testVolume(server, minio);
  const driver = layerDriver(volume.driver());
  const stop = new AbortController();
  const provisioning = driver.provision({
    signal: stop.signal,
    onProgress: ({ step }) => (step === 'bucket' ? setTimeout(() => stop.abort(), 50) : undefined),
  });
  await assertRejects(provisioning, { code: 'HF_ABORTED' });
  const keys = { accessKeyId: minio.user, secretAccessKey: minio.password, sessionToken: undefined };
  const bucket = s3Buckets()({ name: volume.bucket, region: minio.region, endpoint: minio.url }, keys);
  expect(await bucket.read(lockKey(volume.name))).toBeUndefined();
  bucket.close();
  expect(await driver.provision()).toMatchObject({ state: 'ready' });
});

test('a client that was lost does not stand in the way of a destroy once its time is over', async () => {
  await using redis = await startRedis();
  await using volume = await testVolume(redis, minio);
  const driver = layerDriver(volume.driver());
  await driver.provision();
  const storage = await driver.attach({ lasting: true });
  await storage.detach();
  for (const pid of await clientsBelow(volume.base)) signal(pid, 'SIGKILL');
  await driver.detachLasting();
  await assertRejects(driver.destroy({ force: true }), { code: 'HF_STORAGE_IN_USE' });
  // Its time, as the client itself wrote it.
  await redis.query(
    `SELECT ${new URL(volume.url).pathname.slice(1)}\nEVAL "return redis.call('ZADD', 'allSessions', 'XX', 1, redis.call('ZRANGE', 'allSessions', 0, 0)[1])" 0`,
  );
  await driver.destroy({ force: true });
  expect(await driver.inspect()).toMatchObject({ state: 'absent' });
});
