import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CheckpointReader, CheckpointStore, CheckpointSummary, Epoch } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations, type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { type TemporaryPlace, temporaryPlace } from '../fixture.js';
import { unheldOperations } from '../unheld-operations.js';

const page = 4096;
const all = patternBytes(800 * page, 1);
const newest = all.subarray(0, 200 * page);
const due = { keep: 1, graceMs: 0 };
const oldPack = '0000000001.0000000001.a.0001.pack';

/** The newest snapshot needs a quarter of the only pack. */
async function sparsePack(root: string): Promise<{ readonly store: CheckpointStore; readonly epoch: Epoch; readonly last: CheckpointSummary }> {
  const store = await openRepository({ root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  return { store, epoch, last: await commitBytes(store, epoch, await commitBytes(store, epoch, undefined, all), newest) };
}

function packsOf({ root }: TemporaryPlace): Promise<readonly string[]> {
  return readdir(join(root, 'jobs/job/packs'));
}

test.each([
  { when: 'its blocks were moved in the same prune', point: 'rename' },
  { when: 'the prune is about to remove it', point: 'sync' },
] as const)('a pack whose blocks were moved stays for who opened the snapshot after the prune had looked for readers: $when', async ({ point }) => {
  await using place = await temporaryPlace();
  const { store } = await sparsePack(place.root);
  const real = createFileOperations();
  let reader: CheckpointReader | undefined;
  const openOnce = async (path: string): Promise<void> => {
    if (path.includes('/packs')) reader ??= await store.open({ job: 'job', number: 2 });
  };
  const files: FileOperations = {
    ...real,
    rename: async (from, to) => {
      if (point === 'rename') await openOnce(to);
      await real.rename(from, to);
    },
    syncDirectory: async (path, name) => {
      await real.syncDirectory(path, name);
      if (point === 'sync') await openOnce(path);
    },
  };
  await (await openRepositoryWith({ root: place.root }, { files })).prune('job', due);
  expect(await packsOf(place)).toHaveLength(2);
  expect(await packsOf(place)).toContain(oldPack);
  expect(Buffer.from((await reader?.read('memory')) ?? []).equals(newest)).toBe(true);
  await reader?.[Symbol.asyncDispose]();
  await store.prune('job', due);
  expect(await packsOf(place)).toEqual([expect.stringContaining('.moved-0001-')]);
});

test.each(['ENOENT', 'ESTALE', 'EBADF'] as const)("a reader's pin that is renewed while a prune looks at it holds (%s)", async (afterlife) => {
  await using place = await temporaryPlace();
  const { store, epoch, last } = await sparsePack(place.root);
  await commitBytes(store, epoch, last, patternBytes(20 * page, 2));
  await using reader = await store.open({ job: 'job', number: 2 });
  const pins = join(place.root, 'jobs/job/pins');
  const unheld = unheldOperations(afterlife);
  let renewed = 0;
  const open: FileOperations['open'] = async (path, access) => {
    const file = await unheld.open(path, access);
    const name = basename(Buffer.from(path).toString());
    if (name.includes('.read.') && !name.startsWith('tmp.') && renewed < 2) {
      renewed += 1;
      await writeFile(join(pins, 'renewal'), await readFile(join(pins, name)));
      await rename(join(pins, 'renewal'), join(pins, name));
    }
    return file;
  };
  await (await openRepositoryWith({ root: place.root }, { files: { ...unheld, open } })).prune('job', due);
  expect(renewed).toBe(2);
  expect((await store.list('job')).map(({ number }) => number)).toContain(2);
  expect(Buffer.from(await reader.read('memory')).equals(newest)).toBe(true);
});

/** A reader of a snapshot whose pin was lost, which a prune then removes. */
async function prunedReader(place: TemporaryPlace): Promise<CheckpointReader> {
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const first = await commitBytes(store, epoch, undefined, all);
  const reader = await (await openRepositoryWith({ root: place.root }, { files: unheldOperations() })).open(first);
  await commitBytes(store, epoch, first, patternBytes(20 * page, 2));
  await rm(join(place.root, 'jobs/job/pins'), { recursive: true });
  await store.prune('job', due);
  return reader;
}

test('who reads a snapshot that is pruned away hears that it was removed, not that it is damaged', async () => {
  await using place = await temporaryPlace();
  await using reader = await prunedReader(place);
  const removed = { code: 'HF_CHECKPOINT_MISSING', kind: 'not-found', message: 'Snapshot 1 of job job was removed while it was read' };
  await expect(reader.verify()).rejects.toMatchObject(removed);
  await expect(reader.read('memory')).rejects.toMatchObject(removed);
  await expect(reader.write('memory', join(place.scratch, 'out'), 'packed')).rejects.toMatchObject(removed);
});

test('where the whole repository is gone nothing is said to be removed or damaged', async () => {
  await using place = await temporaryPlace();
  await using reader = await prunedReader(place);
  await rename(place.root, join(place.scratch, 'elsewhere'));
  await mkdir(place.root);
  await expect(reader.verify()).rejects.toMatchObject({ code: 'HF_REPOSITORY_MISSING', kind: 'unavailable' });
});
