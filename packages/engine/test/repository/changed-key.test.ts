import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckpointStore, type CheckpointSummary, type Epoch, silentLogger } from '@holdfast/core';
import { changeUserKey, openRepository } from '@holdfast/store';
import { commitBytes } from '@holdfast/testkit/checkpoint-store';
import { afterEach, beforeEach, expect, test } from 'vitest';
// The built module: the process that it starts is a file beside it.
import { openRemoteStore } from '../../dist/repository/remote-store.js';
import { repositoryProcesses } from './repository-processes.js';

const [encryptionKey, newKey] = [keyFrom(0xb1), keyFrom(0x31)];
let root: string;
let store: CheckpointStore;
let epoch: Epoch;
let first: CheckpointSummary;

function keyFrom(start: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_none, at) => start + at);
}

async function replaceProcess(): Promise<void> {
  process.kill(repositoryProcesses()[0] as number, 'SIGKILL');
  await expect(store.list('job')).rejects.toMatchObject({ kind: 'unavailable' });
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-changed-key-'));
  store = await openRemoteStore({ root, create: true, compresses: false, logger: silentLogger, encryptionKey });
  epoch = await store.claim('job', { attempt: 'a1', host: 'here', pid: process.pid }, { kind: 'newest' });
  first = await commitBytes(store, epoch, undefined, Buffer.alloc(12_288, 7));
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

test('a store that is open goes on after a change of the key, in every process that replaces the one before it', async () => {
  await changeUserKey({ root, from: encryptionKey, to: newKey });
  let newest = first;
  for (const byte of [8, 9]) {
    await replaceProcess();
    newest = await commitBytes(store, epoch, newest, Buffer.alloc(12_288, byte));
  }
  await using again = await openRepository({ root, encryptionKey: newKey });
  await using reader = await again.open(newest);
  expect(Buffer.from(await reader.read('memory')).equals(Buffer.alloc(12_288, 9))).toBe(true);
  expect((await again.verify(undefined)).problems).toEqual([]);
});

test('who opens it for the first time then needs the new key', async () => {
  await changeUserKey({ root, from: encryptionKey, to: newKey });
  const options = { root, create: false, compresses: false, logger: silentLogger };
  await expect(openRemoteStore({ ...options, encryptionKey })).rejects.toMatchObject({ code: 'HF_KEY_WRONG' });
});

test.each([
  ['an encrypted one under the same key', { encryptionKey }, 'HF_REPOSITORY_MISSING'],
  ['one under another key', { encryptionKey: newKey }, 'HF_KEY_WRONG'],
  ['a plain one', {}, 'HF_KEY_UNUSED'],
])('another repository in its place is refused: %s', async (_which, keys, code) => {
  await rm(root, { recursive: true });
  await mkdir(root);
  await openRepository({ root, create: true, ...keys });
  await replaceProcess();
  await expect(store.list('job')).rejects.toMatchObject({ code });
});
