import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckpointStore, type EpochHolder, silentLogger } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
// The built module: the process that it starts is a file beside it.
import { openRemoteStore } from '../../dist/repository/remote-store.js';
import { repositoryProcesses } from './repository-processes.js';

let root: string;
let store: CheckpointStore;
/** Generous, since a process starts within a call's deadline; lowered only for the call that shall hang. */
const deadlines = { callMs: 60_000, minimumBytesPerSecond: 1e6 };
const holder: EpochHolder = { attempt: 'a1', host: 'here', pid: process.pid };

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-remote-store-'));
  deadlines.callMs = 60_000;
  store = await openRemoteStore({ root, create: true, compresses: false, logger: silentLogger, deadlines });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

async function commitOne(bytes: Uint8Array): Promise<number> {
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  await using writer = await store.begin(epoch, undefined);
  const extents = [{ firstPage: 0, pageCount: Math.ceil(bytes.length / 4096), sourceOffset: 0 }];
  await writer.put({ key: 'file/x', kind: 'file', sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents });
  return (await writer.commit({ hello: 'world' })).summary.number;
}

test('a snapshot goes through the process and comes back', async () => {
  const bytes = Buffer.from('the quick brown fox'.repeat(1000));
  const number = await commitOne(bytes);
  await using reader = await store.open({ job: 'job', number });
  expect(reader.metadata).toEqual({ hello: 'world' });
  expect(reader.objects.map(({ key }) => key)).toEqual(['file/x']);
  expect(Buffer.from(await reader.read('file/x')).equals(bytes)).toBe(true);
  await writeFile(join(root, 'same'), bytes);
  expect(await reader.matches('file/x', join(root, 'same'))).toBe(true);
});

test('the key of an encrypted repository reaches the process by its channel alone, and a missing one is told from there', async () => {
  const encrypted = await mkdtemp(join(tmpdir(), 'holdfast-remote-encrypted-'));
  const encryptionKey = Uint8Array.from({ length: 32 }, (_none, at) => 0xb1 + at);
  const options = { root: encrypted, create: true, compresses: false, logger: silentLogger, deadlines };
  const before = new Set(repositoryProcesses());
  const other = await openRemoteStore({ ...options, encryptionKey });
  try {
    const epoch = await other.claim('job', holder, { kind: 'newest' });
    await using writer = await other.begin(epoch, undefined);
    const extents = [{ firstPage: 0, pageCount: 1, sourceOffset: 0 }];
    await writer.put({ key: 'file/x', kind: 'file', sizeBytes: 5, source: { kind: 'bytes', bytes: Buffer.from('hello') }, extents });
    const { summary } = await writer.commit({});
    await using reader = await other.open(summary);
    expect(Buffer.from(await reader.read('file/x')).toString()).toBe('hello');
    const [pid] = repositoryProcesses().filter((candidate) => !before.has(candidate));
    for (const file of ['cmdline', 'environ']) {
      const bytes = await readFile(`/proc/${pid}/${file}`);
      expect(bytes.includes(Buffer.from(encryptionKey)) || bytes.includes(Buffer.from(encryptionKey).toString('hex'))).toBe(false);
    }
    await expect(openRemoteStore(options)).rejects.toMatchObject({ code: 'HF_KEY_MISSING', hint: expect.stringContaining('keyFile') as unknown });
  } finally {
    await other[Symbol.asyncDispose]();
    await rm(encrypted, { recursive: true });
  }
});

test('an error keeps its kind, code and hint on its way', async () => {
  await expect(store.open({ job: 'job', number: 99 })).rejects.toMatchObject({
    name: 'HoldfastError',
    code: 'HF_CHECKPOINT_MISSING',
    kind: 'not-found',
  });
});

test('a process that does not answer fails the call at its deadline; the next call starts another and finds what was committed', async () => {
  const number = await commitOne(Buffer.alloc(10_000, 7));
  const [pid] = repositoryProcesses();
  expect(pid).toBeDefined();
  process.kill(pid as number, 'SIGSTOP');
  deadlines.callMs = 200;
  await expect(store.list('job')).rejects.toMatchObject({ code: 'HF_STORAGE_TIMEOUT', kind: 'timeout', retry: 'yes' });
  deadlines.callMs = 60_000;
  expect((await store.list('job')).map((summary) => summary.number)).toEqual([number]);
  expect(repositoryProcesses()).not.toContain(pid);
});

test('a process that is killed fails the calls under way at once, and the next call starts another', async () => {
  const number = await commitOne(Buffer.alloc(10_000, 7));
  const [pid] = repositoryProcesses();
  process.kill(pid as number, 'SIGSTOP');
  const listing = store.list('job');
  process.kill(pid as number, 'SIGKILL');
  await expect(listing).rejects.toMatchObject({ code: 'HF_STORAGE_IO', kind: 'unavailable' });
  expect((await store.list('job')).map((summary) => summary.number)).toEqual([number]);
});

test('a writer of a lost process cannot commit', async () => {
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  await using writer = await store.begin(epoch, undefined);
  process.kill(repositoryProcesses()[0] as number, 'SIGKILL');
  await expect(writer.commit({})).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await store.list('job')).toEqual([]);
});

test('a storage that is gone or another one when the process comes back is refused, and nothing is made there', async () => {
  await commitOne(Buffer.alloc(10));
  await rm(root, { recursive: true });
  await mkdir(root);
  process.kill(repositoryProcesses()[0] as number, 'SIGKILL');
  await expect(store.list('job')).rejects.toMatchObject({ kind: 'unavailable' });
  await expect(store.list('job')).rejects.toMatchObject({ code: 'HF_REPOSITORY_MISSING' });
  expect(await readdir(root)).toEqual([]);
  const other = await openRemoteStore({ root, create: true, compresses: false, logger: silentLogger });
  await other[Symbol.asyncDispose]();
  await expect(store.list('job')).rejects.toMatchObject({ code: 'HF_REPOSITORY_MISSING' });
});

test('after the close no call begins and no process is left', async () => {
  await store[Symbol.asyncDispose]();
  await expect(store.jobs()).rejects.toMatchObject({ code: 'HF_NOT_ATTACHED' });
  await expect.poll(repositoryProcesses, { timeout: 20_000 }).toEqual([]);
});
