import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { assertRejects } from '@holdfast/testkit/contract';
import { type MinioServer, startMinio, startPostgres, type TestServer } from '@holdfast/testkit/servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientsBelow, signal, testVolume } from './support/test-volume.js';

let minio: MinioServer;
let server: TestServer;

beforeAll(async () => {
  [minio, server] = await Promise.all([startMinio(), startPostgres()]);
});
afterAll(async () => {
  await Promise.all([minio, server].map((each) => each[Symbol.asyncDispose]()));
});

test('a client that is killed with its parent is mounted anew under the same path, with what was written', async () => {
  await using volume = await testVolume(server, minio);
  const driver = volume.driver();
  await driver.provision();
  const storage = await driver.attach();
  await writeFile(join(storage.root, 'kept'), 'kept');
  const killed = await clientsBelow(volume.base);
  expect(killed.length).toBeGreaterThanOrEqual(2);
  for (const pid of killed) signal(pid, 'SIGKILL');
  while (killed.some((pid) => existsSync(`/proc/${pid}`))) await sleep(2);
  // Whether a look comes before the new client is a matter of a moment.
  while (!(await storage.health()).ok) await sleep(100);
  const anew = await clientsBelow(volume.base);
  expect(anew.length).toBeGreaterThanOrEqual(2);
  expect(killed.filter((pid) => anew.includes(pid))).toEqual([]);
  expect(await readFile(join(storage.root, 'kept'), 'utf8')).toBe('kept');
  await writeFile(join(storage.root, 'later'), 'later');
  await storage.detach();
  expect((await driver.status()).root).toBeUndefined();
});

test('a bucket that is away for a while holds a write up and loses nothing; meanwhile health says that it does not answer', async () => {
  await using volume = await testVolume(server, minio);
  const driver = volume.driver();
  await driver.provision();
  const storage = await driver.attach();
  await minio.stop();
  // Not written by this process: one that has a file open there is held up in each start of a child, whose copy of the file is closed.
  const written = promisify(execFile)('dd', ['if=/dev/zero', `of=${join(storage.root, 'late')}`, 'bs=1M', 'count=6', 'conv=fsync']);
  const { ok, reason } = await storage.health();
  await minio.restart();
  await written;
  expect(ok).toBe(false);
  expect(reason).toContain('does not answer');
  const elsewhere = await volume.elsewhere().attach();
  expect((await readFile(join(elsewhere.root, 'late'))).equals(Buffer.alloc(6 * 1024 * 1024))).toBe(true);
  await Promise.all([storage.detach(), elsewhere.detach()]);
});

test('what a file that is still open holds is flushed, or the flush is rejected at its deadline', async () => {
  await using volume = await testVolume(server, minio);
  const driver = volume.driver({ more: { mount: { flushTimeout: '3s' } } });
  await driver.provision();
  const storage = await driver.attach();
  await minio.kill();
  const program = `fs.writeSync(fs.openSync(process.argv[1], 'w'), 'written'); console.log(); process.stdin.resume()`;
  const writer = execFile(process.execPath, ['-e', program, join(storage.root, 'open')]);
  try {
    await once(writer.stdout ?? writer, 'data');
    await assertRejects(storage.flush(), { code: 'HF_STORAGE_TIMEOUT', kind: 'timeout' });
    await minio.restart();
    // The client tries again after some seconds, the limit is for the bucket that is away.
    while (await isLate(storage.flush()));
    const elsewhere = await volume.elsewhere().attach();
    expect(await readFile(join(elsewhere.root, 'open'), 'utf8')).toBe('written');
    await elsewhere.detach();
  } finally {
    writer.kill('SIGKILL');
    await minio.restart();
  }
  await storage.detach();
});

async function isLate(flush: Promise<void>): Promise<boolean> {
  return flush.then(
    () => false,
    (error: unknown) => {
      expect(error).toMatchObject({ code: 'HF_STORAGE_TIMEOUT' });
      return true;
    },
  );
}

test('a client that hangs is neither called flushed nor detached, and its session stays', async () => {
  await using volume = await testVolume(server, minio);
  const driver = volume.driver({ more: { mount: { flushTimeout: '1s' } } });
  await driver.provision();
  const storage = await driver.attach();
  const pids = await clientsBelow(volume.base);
  for (const pid of pids) signal(pid, 'SIGSTOP');
  try {
    await assertRejects(storage.flush(), { code: 'HF_STORAGE_TIMEOUT', kind: 'timeout' });
    await assertRejects(driver.detachLasting(), { code: 'HF_STORAGE_TIMEOUT', kind: 'timeout' });
    expect((await driver.status()).sessions).toHaveLength(1);
  } finally {
    for (const pid of pids) signal(pid, 'SIGCONT');
  }
  await storage.detach();
  expect((await driver.status()).sessions).toEqual([]);
});

test('a detach that failed leaves the mount supervised: a client that dies is mounted anew', async () => {
  await using volume = await testVolume(server, minio);
  const driver = volume.driver();
  await driver.provision();
  const storage = await driver.attach();
  const user = execFile('sleep', ['1000'], { cwd: storage.root });
  await once(user, 'spawn');
  await assertRejects(storage.detach(), { code: 'HF_STORAGE_IN_USE', kind: 'conflict' });
  user.kill('SIGKILL');
  await once(user, 'exit');
  for (const pid of await clientsBelow(volume.base)) signal(pid, 'SIGKILL');
  while (!(await storage.health()).ok) await sleep(100);
  await storage.detach();
  expect((await driver.status()).root).toBeUndefined();
});

test('a mount that is there with other options is not used', async () => {
  await using volume = await testVolume(server, minio);
  const driver = volume.driver();
  await driver.provision();
  const storage = await driver.attach();
  const error = await assertRejects(volume.driver({ more: { mount: { readOnly: true } } }).attach(), { code: 'HF_STORAGE_IN_USE', kind: 'conflict' });
  expect(error.message).toContain("'mount.readOnly' false");
  const again = await driver.attach();
  await again.detach();
  await storage.detach();
});

test('keys that are revoked are named by the mount, and nothing stays behind', async () => {
  await using volume = await testVolume(server, minio);
  await volume.driver().provision();
  const driver = volume.driver({ environment: { AWS_SECRET_ACCESS_KEY: 'not-the-key-any-more' } });
  const error = await assertRejects(driver.attach(), { code: 'HF_CLOUD_DENIED', kind: 'permission' });
  expect(error.message).toContain(`The bucket '${volume.bucket}' may not be used with these credentials`);
  expect((await driver.status()).root).toBeUndefined();
});

test('a wrong password of the database is named, and never told', async () => {
  await using volume = await testVolume(server, minio);
  const driver = volume.driver({ environment: { HOLDFAST_STORAGE_PASSWORD: 'canary-password' } });
  const error = await assertRejects(driver.provision(), { code: 'HF_STORAGE_PERMISSION', kind: 'permission' });
  expect(error.message).toContain('does not let the user in');
  expect(error.message + String(error.hint) + String(error.cause)).not.toContain('canary-password');
});

test('a volume that was made otherwise is refused with the setting and both values', async () => {
  await using volume = await testVolume(server, minio);
  await volume.driver().provision();
  const other = volume.driver({ more: { format: { blockSize: '8MiB' } } });
  for (const call of [() => other.provision(), () => other.attach(), () => other.plan()]) {
    const error = await assertRejects(call, { code: 'HF_PROVISION_CONFLICT' });
    expect(error.message).toContain("'format.blockSize' is 4096 KiB in the volume and 8192 KiB in the configuration");
  }
});
