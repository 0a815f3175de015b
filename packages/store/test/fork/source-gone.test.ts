import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations, type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { expect, test } from 'vitest';
import { type TemporaryPlace, temporaryPlace } from '../fixture.js';
import { family, forker, mixedSnapshot, moveOn } from './family.js';
import { forkPins } from './fork-pins.js';

/** The real operations, and what happens once before a file of that name gets its final place. */
function beforeRename(name: string, happens: () => Promise<void>): { readonly files: FileOperations; readonly renamed: string[] } {
  const real = createFileOperations();
  const renamed: string[] = [];
  const rename: FileOperations['rename'] = async (from, to) => {
    if (to.endsWith(name)) await happens();
    renamed.push(to);
    await real.rename(from, to);
  };
  return { files: { ...real, rename }, renamed };
}

/** The real operations, and what happens once a directory of pins was synced. */
function afterPins(job: string, happens: () => Promise<void>): { readonly files: FileOperations; readonly renamed: string[] } {
  const { files, renamed } = beforeRename('', () => Promise.resolve());
  const syncDirectory: FileOperations['syncDirectory'] = async (path, point) => {
    await files.syncDirectory(path, point);
    if (path.endsWith(`${job}/pins`)) await happens();
  };
  return { files: { ...files, syncDirectory }, renamed };
}

/** The job that is forked has a newer snapshot. */
async function movedOn({ root }: TemporaryPlace): Promise<CheckpointStore> {
  const store = await openRepository({ root, create: true });
  await family(store);
  await moveOn(store, 'second');
  return store;
}

/** The fork stood still for more than a day, and was taken for dead. */
async function losePin({ root }: TemporaryPlace, store: CheckpointStore): Promise<void> {
  const at = new Date(Date.now() - 90_000_000);
  await utimes(join(root, 'jobs/second/pins/0000000002.fork.0000000001.third'), at, at);
  await store.prune('second', { keep: 1, graceMs: 0 });
  expect((await store.list('second')).map(({ number }) => number)).toEqual([3]);
}

test('a fork whose snapshot goes while it makes its pins makes no job, and takes its pins back', async () => {
  await using place = await temporaryPlace();
  const store = await movedOn(place);
  const { files, renamed } = afterPins('first', () => losePin(place, store));
  const forking = (await openRepositoryWith({ root: place.root }, { files })).fork(mixedSnapshot, 'third', forker);
  await expect(forking).rejects.toMatchObject({ code: 'HF_CHECKPOINT_MISSING' });
  expect(renamed).toEqual([]);
  expect(await forkPins(place.root, 'third')).toEqual([]);
});

test('a fork whose snapshot goes before its manifest is there is taken back, and its name is free', async () => {
  await using place = await temporaryPlace();
  const store = await movedOn(place);
  const { files, renamed } = beforeRename('.manifest', () => losePin(place, store));
  const synced: boolean[] = [];
  const syncDirectory: FileOperations['syncDirectory'] = async (path, point) => {
    if (path.endsWith('third/manifests')) synced.push((await readdir(path)).some((file) => file.endsWith('.manifest')));
    await files.syncDirectory(path, point);
  };
  const forking = (await openRepositoryWith({ root: place.root }, { files: { ...files, syncDirectory } })).fork(mixedSnapshot, 'third', forker);
  await expect(forking).rejects.toMatchObject({ code: 'HF_CHECKPOINT_MISSING' });
  expect(renamed).toHaveLength(1);
  // With its name, and again without.
  expect(synced).toEqual([true, false]);
  expect(await store.state('third')).toMatchObject({ epoch: undefined, newest: undefined });
  await store.fork({ job: 'first' }, 'third', { ...forker, attempt: 'again' });
  expect((await store.verify(undefined)).problems).toEqual([]);
});
