import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointRef, CheckpointStore, ObjectInput } from '@holdfast/core';
import { createFileOperations, type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { type TemporaryPlace, temporaryPlace } from '../fixture.js';

const page = 4096;
/** Enough blocks for the threads, more than there are slots. */
const content = patternBytes(256 * page * 20, 3);
const holder = { attempt: 'a', host: 'h', pid: 1 };

async function open(
  { root, scratch }: TemporaryPlace,
  files: FileOperations,
): Promise<{ readonly store: CheckpointStore; readonly object: ObjectInput }> {
  const path = join(scratch, 'memory');
  await writeFile(path, content);
  const store = await openRepositoryWith({ root, create: true }, { files, packTargetBytes: 3 * 1024 * 1024 });
  return { store, object: { ...memoryObject('m', content), source: { kind: 'path', path } } };
}

/** The real ones, but that work on packs may fail. */
function failing(when: (operation: 'write' | 'sync', count: number) => boolean): { readonly files: FileOperations; readonly open: () => number } {
  const real = createFileOperations();
  const counts = { write: 0, sync: 0 };
  let openFiles = 0;
  const broken = (operation: 'write' | 'sync'): boolean => when(operation, (counts[operation] += 1));
  const files: FileOperations = {
    ...real,
    async open(path, access) {
      const file = await real.open(path, access);
      openFiles += 1;
      const isPack = String(path).endsWith('.pack');
      const eio = (): Promise<never> => Promise.reject(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));
      return {
        ...file,
        write: (bytes, position) => (isPack && broken('write') ? eio() : file.write(bytes, position)),
        sync: (point) => (isPack && broken('sync') ? eio() : file.sync(point)),
        close: () => {
          openFiles -= 1;
          return file.close();
        },
      };
    },
  };
  return { files, open: () => openFiles };
}

test.each([
  ['write', 1],
  ['write', 2],
  ['write', 7],
  ['write', 15],
  ['sync', 1],
  ['sync', 3],
] as const)(
  'a %s of a pack that fails, the %i. one, fails the snapshot, and nothing of it is left open or lying about',
  async (operation, number) => {
    await using place = await temporaryPlace();
    const { files, open: openFiles } = failing((done, count) => done === operation && count === number);
    const { store, object } = await open(place, files);
    await using closing = store;
    const epoch = await closing.claim('job', holder, { kind: 'newest' });
    {
      await using writer = await store.begin(epoch, undefined);
      const outcome = await writer
        .put(object)
        .then(
          () => writer.commit({}),
          (error: unknown) => Promise.reject(error),
        )
        .catch((error: unknown) => error);
      expect(outcome).toMatchObject({ code: 'HF_STORAGE_IO' });
      await expect(writer.commit({})).rejects.toMatchObject({ code: 'HF_USAGE' });
    }
    expect(openFiles()).toBe(0);
    expect(await store.list('job')).toEqual([]);
    expect(await readdir(join(place.root, 'jobs/job/packs'))).toEqual([]);
    expect(await readdir(join(place.root, 'jobs/job/manifests'))).toEqual([]);
  },
);

test('a put that is aborted in the middle leaves nothing open, and the next snapshot is whole', async () => {
  await using place = await temporaryPlace();
  const { files, open: openFiles } = failing(() => false);
  const { store, object } = await open(place, files);
  await using closing = store;
  const epoch = await closing.claim('job', holder, { kind: 'newest' });
  const abort = new AbortController();
  {
    await using writer = await store.begin(epoch, undefined);
    await expect(writer.put(object, { signal: abort.signal, onProgress: () => abort.abort() })).rejects.toMatchObject({ kind: 'aborted' });
  }
  expect(openFiles()).toBe(0);
  await using writer = await store.begin(epoch, undefined);
  await writer.put(object);
  const { summary } = await writer.commit({});
  await using reader = await store.open(summary);
  expect(Buffer.from(await reader.read('m')).equals(content)).toBe(true);
});

test('progress is told in bytes that only grow, up to the whole object', async () => {
  await using place = await temporaryPlace();
  const { store, object } = await open(place, createFileOperations());
  await using closing = store;
  const epoch = await closing.claim('job', holder, { kind: 'newest' });
  await using writer = await store.begin(epoch, undefined);
  const told: number[] = [];
  await writer.put(object, { onProgress: (bytes) => told.push(bytes) });
  expect(told.length).toBeGreaterThan(5);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(content.length);
});

test('a writer that is given up while blocks are being worked on waits for them, and can be given up again', async () => {
  await using place = await temporaryPlace();
  const { files, open: openFiles } = failing(() => false);
  const { store, object } = await open(place, files);
  await using closing = store;
  const epoch = await closing.claim('job', holder, { kind: 'newest' });
  const writer = await store.begin(epoch, undefined);
  await writer.put(object);
  await Promise.all([writer.abort(), writer.abort()]);
  expect(openFiles()).toBe(0);
  expect(await readdir(join(place.root, 'jobs/job/packs'))).toEqual([]);
});

test('a full storage while differences are stored fails the snapshot at once, wherever it happens', async () => {
  for (const number of [1, 2, 3, 4, 5, 6, 8, 12]) {
    await using place = await temporaryPlace();
    let armed = false;
    let writes = 0;
    const { files } = failing((operation) => {
      if (armed && operation === 'write') writes += 1;
      return writes >= number;
    });
    await using store = await openRepositoryWith({ root: place.root, create: true }, { files });
    const epoch = await store.claim('job', holder, { kind: 'newest' });
    const sizes = [200, 552, 273, 7680];
    const put = async (parent: CheckpointRef | undefined, seed: number, previous: boolean): Promise<CheckpointRef> => {
      await using writer = await store.begin(epoch, parent);
      for (const [at, pages] of sizes.entries()) {
        const bytes = patternBytes(pages * page, at);
        const path = join(place.scratch, `${at}`);
        await writeFile(path, bytes);
        const after = Buffer.from(bytes);
        for (let changed = 0; changed < after.length; changed += page) after.writeUInt32LE(seed, changed + 8);
        const object = memoryObject(`m${at}`, after);
        await writer.put(previous ? { ...object, previous: { source: { kind: 'path', path }, extents: object.extents } } : object);
      }
      return (await writer.commit({})).summary;
    };
    // Of the first the pages are as they lie in the files.
    const parent = await put(undefined, patternBytes(12, 0).readUInt32LE(8), false);
    armed = true;
    await expect(put(parent, 77, true)).rejects.toMatchObject({ code: 'HF_STORAGE_IO' });
  }
});
