import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { createFileOperations, type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { forker } from './family.js';

test.each([
  { asked: 'the newest', number: undefined, forked: 2 },
  { asked: 'one by its number', number: 1, forked: undefined },
])('a fork of $asked that a prune takes before it is pinned', async ({ number, forked }) => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('source', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const first = await commitBytes(store, epoch, undefined, patternBytes(40 * 4096, 1));
  const real = createFileOperations();
  let moved = false;
  const open: FileOperations['open'] = async (path, access) => {
    if (access === 'create' && !moved && Buffer.from(path).toString().includes('.from.')) {
      moved = true;
      await commitBytes(store, epoch, first, patternBytes(40 * 4096, 2));
      await store.prune('source', { keep: 1, graceMs: 0 });
    }
    return await real.open(path, access);
  };
  const forking = (await openRepositoryWith({ root: place.root }, { files: { ...real, open } })).fork({ job: 'source', number }, 'new', forker);
  const pins = (): Promise<readonly string[]> => readdir(join(place.root, 'jobs/source/pins'));
  if (forked === undefined) {
    await expect(forking).rejects.toMatchObject({ code: 'HF_CHECKPOINT_MISSING', kind: 'not-found' });
    expect(await pins()).toEqual([]);
    return;
  }
  await using reader = await store.open(await forking);
  expect(Buffer.from(await reader.read('memory')).equals(patternBytes(40 * 4096, forked))).toBe(true);
  expect(await pins()).toEqual(['0000000002.fork.0000000001.new']);
  expect((await store.verify(undefined)).problems).toEqual([]);
});
