import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { encryptionKey, temporaryPlace } from '../fixture.js';
import { readBlocks } from './pack-files.js';

const page = 4096;
const holder = { attempt: 'a', host: 'h', pid: 1 };

test('blocks are moved to another pack as they are, and read there, also by a fork', async () => {
  await using place = await temporaryPlace();
  const packs = join(place.root, 'jobs/job/packs');
  await using store = await openRepositoryWith({ root: place.root, create: true, encryptionKey }, { packTargetBytes: 700 * page });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const [one, two] = [patternBytes(600 * page, 1), patternBytes(600 * page, 2)];
  const newest = Buffer.concat([one.subarray(0, 150 * page), two.subarray(0, 100 * page)]);
  const first = await commitBytes(store, epoch, undefined, one);
  const second = await commitBytes(store, epoch, first, Buffer.concat([one.subarray(0, 150 * page), two]));
  const third = await commitBytes(store, epoch, second, newest);
  const before = new Map<string, Buffer>();
  for (const file of await readdir(packs))
    for (const { entry, bytes } of await readBlocks(join(packs, file), store.repositoryId)) before.set(entry.id, bytes);

  expect((await store.prune('job', { keep: 1, graceMs: 0 })).rewrittenPacks).toBe(2);
  const files = await readdir(packs);
  expect(files).toEqual([expect.stringContaining('.moved-0001-')]);
  const moved = await readBlocks(join(packs, files[0] ?? ''), store.repositoryId);
  expect(moved.length).toBeGreaterThan(1);
  for (const { entry, bytes } of moved) {
    expect(entry.keyId).toBe(1);
    expect(before.get(entry.id)?.equals(bytes)).toBe(true);
  }

  const fork = await store.fork({ job: 'job' }, 'fork', { ...holder, attempt: 'f' });
  for (const ref of [third, fork]) {
    await using reader = await store.open(ref);
    expect(Buffer.from(await reader.read('memory')).equals(newest)).toBe(true);
  }
  expect((await store.verify(undefined)).problems).toEqual([]);
});
