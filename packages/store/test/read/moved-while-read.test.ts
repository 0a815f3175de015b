import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointReader, CheckpointStore } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { movePack } from '../move-pack.js';
import { type TemporaryPlace, temporaryPlace } from '../fixture.js';
import { type Afterlife, interruptedReading, unheldOperations } from '../unheld-operations.js';

const page = 4096;
const bytes = patternBytes(800 * page, 1).subarray(0, 300 * page);
const afterlives: readonly Afterlife[] = ['ENOENT', 'ESTALE', 'EBADF', 'EIO', 'zeros'];

/** The newest snapshot needs two of the four blocks of the only pack; the next prune moves its blocks and removes that. */
async function sparsePack(root: string): Promise<void> {
  await using store = await openRepository({ root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const first = await commitBytes(store, epoch, undefined, patternBytes(800 * page, 1));
  await commitBytes(store, epoch, first, bytes);
}

/** As a prune does that looked for pins right before the reader made his. */
async function pruneUnaware(store: CheckpointStore, root: string): Promise<void> {
  await rm(join(root, 'jobs/job/pins'), { recursive: true, force: true });
  expect((await store.prune('job', { keep: 1, graceMs: 0, repackBelow: 0.9 })).rewrittenPacks).toBe(1);
  expect((await readdir(join(root, 'jobs/job/packs'))).every((file) => file.includes('.moved-'))).toBe(true);
}

/** What the reader does, while something happens before each of its steps in turn. */
async function atEachStep(
  { root: empty, scratch }: TemporaryPlace,
  afterlife: Afterlife,
  happens: (store: CheckpointStore, root: string) => Promise<void>,
  work: (store: CheckpointStore) => Promise<void>,
): Promise<number> {
  const original = join(scratch, 'original');
  await cp(empty, original, { recursive: true });
  await sparsePack(original);
  for (let at = 0; ; at += 1) {
    const root = join(scratch, `at-${at}`);
    await cp(original, root, { recursive: true });
    await using other = await openRepository({ root });
    const happenIfDue = async (ordinal: number): Promise<void> => {
      if (ordinal === at) await happens(other, root);
    };
    const { files, count } = interruptedReading(happenIfDue, unheldOperations(afterlife));
    await using store = await openRepositoryWith({ root }, { files });
    await work(store);
    if (count() <= at) return at;
  }
}

async function expectWhole(reader: CheckpointReader): Promise<void> {
  expect(Buffer.from(await reader.read('memory')).equals(bytes)).toBe(true);
  await reader.verify();
}

test.each(afterlives)(
  'blocks that are moved at any step of a reader are read where they are now (%s)',
  async (afterlife) => {
    await using place = await temporaryPlace();
    const steps = await atEachStep(place, afterlife, pruneUnaware, async (store) => {
      await using reader = await store.open({ job: 'job', number: 2 });
      await expectWhole(reader);
    });
    expect(steps).toBeGreaterThan(10);
  },
  60_000,
);

test('blocks that are moved at any step of verify are no problem', async () => {
  await using place = await temporaryPlace();
  const steps = await atEachStep(place, 'ENOENT', pruneUnaware, async (store) => {
    const report = await store.verify('job');
    expect(report.problems).toEqual([]);
    expect(report.snapshots).toBeGreaterThan(0);
  });
  expect(steps).toBeGreaterThan(10);
}, 60_000);

/** A reader of a snapshot whose blocks are moved on before each of the first `count` reads of their pack. */
async function movingOn(place: TemporaryPlace, count: number): Promise<{ readonly reader: CheckpointReader; readonly moves: () => number }> {
  const packs = join(place.root, 'jobs/job/packs');
  const made = await openRepository({ root: place.root, create: true });
  await commitBytes(made, await made.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' }), undefined, bytes);
  let moves = 0;
  // Blocks are read at the same time, and moved one after the other.
  let moving = Promise.resolve();
  const moveOn = async (): Promise<void> => {
    if (moves >= count) return;
    const [from = ''] = await readdir(packs);
    moves += 1;
    const generation = String(moves).padStart(4, '0');
    await movePack(packs, from, `0000000001.0000000001.moved-${generation}-0123456789abcdef.0001.pack`, made.repositoryId);
  };
  const unheld = unheldOperations();
  const open: typeof unheld.open = async (path, access) => {
    const file = await unheld.open(path, access);
    if (!Buffer.from(path).toString().endsWith('.pack')) return file;
    let reads = 0;
    return {
      ...file,
      read: async (target, position) => {
        reads += 1;
        // The first three are of the index.
        if (reads > 3) await (moving = moving.then(moveOn));
        return await file.read(target, position);
      },
    };
  };
  const store = await openRepositoryWith({ root: place.root }, { files: { ...unheld, open } });
  return { reader: await store.open({ job: 'job', number: 1 }), moves: () => moves };
}

test('blocks that are moved on while the reader looks for them again are found', async () => {
  await using place = await temporaryPlace();
  const { reader, moves } = await movingOn(place, 3);
  await using opened = reader;
  await expectWhole(opened);
  expect(moves()).toBe(3);
});

test('blocks that are always moved on are no damage: the storage is told to be unavailable', async () => {
  await using place = await temporaryPlace();
  const { reader } = await movingOn(place, Number.MAX_SAFE_INTEGER);
  await using opened = reader;
  await expect(opened.read('memory')).rejects.toMatchObject({ code: 'HF_STORAGE_IO', kind: 'unavailable', retry: 'yes' });
});

test('a block that lies in no pack is missing, however often packs are looked through', async () => {
  await using place = await temporaryPlace();
  await sparsePack(place.root);
  const packs = join(place.root, 'jobs/job/packs');
  const { files, count } = interruptedReading(() => Promise.resolve(), unheldOperations());
  await using store = await openRepositoryWith({ root: place.root }, { files });
  await using reader = await store.open({ job: 'job', number: 2 });
  for (const file of await readdir(packs)) await rm(join(packs, file));
  const before = count();
  await expect(reader.read('memory')).rejects.toMatchObject({ code: 'HF_BLOCK_MISSING', kind: 'corrupt' });
  expect(count() - before).toBeLessThan(50);
});

/** Another file under the same name, as after the server was started again: whoever had it open has to open it anew. */
async function replacePack(_store: CheckpointStore, root: string): Promise<void> {
  const path = join(root, 'jobs/job/packs/0000000001.0000000001.a.0001.pack');
  await writeFile(`${path}.new`, await readFile(path));
  await rename(`${path}.new`, path);
}

test('a pack that cannot be read any more since it was opened is opened anew', async () => {
  await using place = await temporaryPlace();
  const steps = await atEachStep(place, 'ESTALE', replacePack, async (store) => {
    await using reader = await store.open({ job: 'job', number: 2 });
    await expectWhole(reader);
  });
  expect(steps).toBeGreaterThan(10);
}, 60_000);
