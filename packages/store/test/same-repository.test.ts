import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckpointStore, type Epoch, isHoldfastError } from '@holdfast/core';
import { isMountGone, openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scriptedOperations, systemError } from './scripted-operations.js';

const holder = { attempt: 'a1', host: 'here', pid: 1 };

let base = '';
let root = '';
let store: CheckpointStore;
let epoch: Epoch;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'hf-same-'));
  root = join(base, 'root');
  await mkdir(root);
  store = await openRepository({ root, create: true });
  epoch = await store.claim('job', holder, { kind: 'newest' });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(base, { recursive: true });
});

const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['begin', () => store.begin(epoch, undefined)],
  ['claim', () => store.claim('other', holder, { kind: 'fresh' })],
  ['jobs', () => store.jobs()],
  ['fork', () => store.fork({ job: 'job' }, 'other', holder)],
];

test.each(calls)('%s on a root that went away says so, writes nothing there, and works once it is back', async (_, call) => {
  await rename(root, `${root}-away`);
  await mkdir(root);
  await expect(call()).rejects.toMatchObject({ code: 'HF_REPOSITORY_MISSING', kind: 'unavailable', retry: 'yes' });
  expect(await readdir(root)).toEqual([]);
  await rm(root, { recursive: true });
  await expect(call()).rejects.toMatchObject({ code: 'HF_REPOSITORY_MISSING', kind: 'unavailable' });
  await rename(`${root}-away`, root);
  await (await store.begin(epoch, undefined)).abort();
  expect(await store.jobs()).toEqual(['job']);
});

test.each(calls)('%s on another repository in its place is refused', async (_, call) => {
  await rename(root, `${root}-away`);
  await mkdir(root);
  await (await openRepository({ root, create: true }))[Symbol.asyncDispose]();
  await expect(call()).rejects.toMatchObject({ code: 'HF_REPOSITORY_MISSING', kind: 'conflict' });
  expect(await readdir(root)).toEqual(['repository.json']);
});

test.each([
  ['ENOTCONN', 'the client behind the mount is gone (ENOTCONN)', true],
  ['ECONNABORTED', 'the client behind the mount is gone (ECONNABORTED)', true],
  ['EIO', 'the storage failed (EIO)', false],
  ['ESTALE', 'the storage answered ESTALE', false],
])('%s of a mount is told in words', async (code, words, mountGone) => {
  let broken = false;
  const { files } = scriptedOperations(() => (broken ? systemError(code) : undefined));
  const opened = await openRepositoryWith({ root }, { files });
  broken = true;
  const error: unknown = await opened.claim('other', holder, { kind: 'fresh' }).catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code: 'HF_STORAGE_IO', kind: 'unavailable', message: expect.stringContaining(words) as unknown });
  expect(isHoldfastError(error) && isMountGone(error.context['system'])).toBe(mountGone);
});
