import { readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { expect, test } from 'vitest';
import { encodeSealedJson } from '../../src/codec/sealed-json.js';
import { encryptionKey, saying, temporaryPlace } from '../fixture.js';

const newest = { kind: 'newest' } as const;
const started = { command: ['canary-of-the-note'] };

async function notedJob(store: CheckpointStore, root: string): Promise<string> {
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, newest);
  await store.note(epoch, 'started', started);
  return join(root, 'jobs', 'job', 'epochs', '0000000001.started');
}

async function startedOf(store: CheckpointStore): Promise<unknown> {
  const [epoch] = await store.history('job');
  expect(epoch).toMatchObject({ attempt: 'a', epoch: 1 });
  return epoch?.started;
}

test('a damaged note is left out of the history, the epoch is not, and verify tells it', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const path = await notedJob(store, place.root);
  expect((await store.verify('job')).ok).toBe(true);
  await truncate(path, 30);
  expect(await startedOf(store)).toBeUndefined();
  expect((await store.verify('job')).problems).toMatchObject([{ code: 'HF_EPOCH_CORRUPT', file: path }]);
  expect((await store.claim('job', { attempt: 'b', host: 'h', pid: 1 }, newest)).epoch).toBe(2);
});

test('a note with a feature that nobody knows is not guessed at', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const path = await notedJob(store, place.root);
  await writeFile(path, encodeSealedJson({ version: 1, job: 'job', epoch: 1, attempt: 'a', features: ['of-tomorrow'], note: started }));
  expect(await startedOf(store)).toBeUndefined();
  expect((await store.verify('job')).problems).toMatchObject([{ code: 'HF_FORMAT_NEWER', message: saying('of-tomorrow') }]);
});

test('a note of another attempt than the one that won the epoch says nothing', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const path = await notedJob(store, place.root);
  await writeFile(path, encodeSealedJson({ version: 1, job: 'job', epoch: 1, attempt: 'other', features: [], note: started }));
  expect(await startedOf(store)).toBeUndefined();
});

test('in an encrypted repository a note is encrypted, and is believed nowhere else', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true, encryptionKey });
  const path = await notedJob(store, place.root);
  expect(await startedOf(store)).toEqual(started);
  const bytes = await readFile(path, 'latin1');
  expect(bytes).toContain('"encrypted"');
  expect(bytes).not.toContain('canary');
  await rename(path, path.replace('started', 'over'));
  expect((await store.history('job'))[0]).toMatchObject({ started: undefined, over: undefined });
  await writeFile(path, encodeSealedJson({ version: 1, job: 'job', epoch: 1, attempt: 'a', features: [], note: started }));
  expect(await startedOf(store)).toBeUndefined();
});

test('a job with notes alone besides its claim is not withdrawn', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, newest);
  await store.note(epoch, 'started', started);
  expect(await store.withdraw(epoch)).toBe(false);
  expect(await startedOf(store)).toEqual(started);
});

test('a removed job takes its notes along', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  await notedJob(store, place.root);
  expect(await store.remove('job', { attempt: 'r', host: 'h', pid: 1 })).toMatchObject({ gone: true });
  expect(await store.jobs()).toEqual([]);
});
