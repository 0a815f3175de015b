import { readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore, CheckpointSummary, Epoch } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

const policy = { keep: 1, graceMs: 0 };
const holder = { attempt: 'a', host: 'h', pid: 1 };
const bytes = (seed: number): Buffer => patternBytes(40 * 4096, seed);

async function snapshots(store: CheckpointStore, count: number): Promise<{ readonly epoch: Epoch; readonly last: CheckpointSummary | undefined }> {
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  let last: CheckpointSummary | undefined;
  for (let seed = 1; seed <= count; seed += 1) last = await commitBytes(store, epoch, last, bytes(seed));
  return { epoch, last };
}

test('where a snapshot that stays cannot be read no pack goes: nobody knows what it needs', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  await snapshots(store, 3);
  const packs = join(place.root, 'jobs/job/packs');
  const before = await readdir(packs);
  await writeFile(join(place.root, 'jobs/job/manifests/0000000003.0000000001.a.manifest'), 'damaged');
  expect((await store.prune('job', policy)).removed).toMatchObject([{ number: 1 }]);
  expect(await readdir(packs)).toEqual(before);
});

test('packs of an epoch that does not look ready yet may be of a snapshot that is being written', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  await snapshots(store, 1);
  await store.claim('job', { ...holder, attempt: 'b' }, { kind: 'newest' });
  // As a listing shows it that is older than it should be.
  await rm(join(place.root, 'jobs/job/epochs/0000000002.ready'));
  const packs = join(place.root, 'jobs/job/packs');
  await writeFile(join(packs, '0000000002.0000000002.b.0001.pack'), 'the first bytes of a pack');
  await store.prune('job', policy);
  expect(await readdir(packs)).toContain('0000000002.0000000002.b.0001.pack');
});

test('a manifest that a prune took before it had its name is fenced where the job was claimed, and a failure where it was not', async () => {
  await using place = await temporaryPlace();
  await using other = await openRepository({ root: place.root, create: true });
  const { epoch, last } = await snapshots(other, 1);
  const real = createFileOperations();
  let before: (from: string) => Promise<unknown> = (from) => rm(from);
  const rename: typeof real.rename = async (from, to) => {
    if (to.endsWith('.manifest')) await before(from);
    await real.rename(from, to);
  };
  await using store = await openRepositoryWith({ root: place.root }, { files: { ...real, rename } });
  {
    await using writer = await store.begin(epoch, last);
    await expect(writer.commit({})).rejects.toMatchObject({ code: 'HF_STORAGE_IO', kind: 'not-found' });
  }
  await using writer = await store.begin(epoch, last);
  before = async () => {
    await other.claim('job', { ...holder, attempt: 'b' }, { kind: 'newest' });
    await other.prune('job', policy);
  };
  expect(await writer.commit({})).toMatchObject({ outcome: 'fenced' });
  expect((await other.list('job')).map(({ number }) => number)).toEqual([1]);
});

test('a prune right before a manifest gets its name takes neither its temporary file nor its page hashes', async () => {
  await using place = await temporaryPlace();
  await using other = await openRepository({ root: place.root, create: true });
  const { epoch, last } = await snapshots(other, 1);
  const real = createFileOperations();
  let pruned = 0;
  const rename: typeof real.rename = async (from, to) => {
    if (to.endsWith('.manifest')) {
      await other.prune('job', policy);
      pruned += 1;
    }
    await real.rename(from, to);
  };
  await using store = await openRepositoryWith({ root: place.root }, { files: { ...real, rename } });
  await using writer = await store.begin(epoch, last);
  await writer.put(memoryObject('memory', bytes(2)));
  expect((await writer.commit({})).outcome).toBe('committed');
  expect(pruned).toBe(1);
  expect(await readdir(join(place.root, 'jobs/job/manifests'))).toContain('0000000002.0000000001.a.pages');
});

test('temporary files that tell no epoch stay for ten minutes: somebody may be about to name them', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  await snapshots(store, 1);
  await store.claim('job', { ...holder, attempt: 'b' }, { kind: 'newest' });
  const names = ['0000000001.0000000001.moved-0001-0123456789abcdef.0001.pack', '0000000001.read.0123456789abcdef', 'time'];
  const packs = join(place.root, 'jobs/job/packs');
  for (const name of names) {
    await writeFile(join(packs, `tmp.${name}.000000000000000a`), '');
    const old = join(packs, `tmp.${name}.000000000000000b`);
    await writeFile(old, '');
    await utimes(old, new Date(Date.now() - 660_000), new Date(Date.now() - 660_000));
  }
  await store.prune('job', policy);
  expect((await readdir(packs)).filter((file) => file.startsWith('tmp.')).sort()).toEqual(names.map((name) => `tmp.${name}.000000000000000a`).sort());
});

test('what an unfinished claim goes on from is not even marked', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  await snapshots(store, 3);
  await store.claim('job', { ...holder, attempt: 'b' }, { kind: 'checkpoint', number: 2 });
  await rm(join(place.root, 'jobs/job/epochs/0000000002.ready'));
  expect((await store.prune('job', policy)).removed).toEqual([{ number: 1, reason: 'keep' }]);
  expect((await store.list('job')).map(({ number }) => number)).toEqual([3, 2]);
});

test('blocks that were moved once are moved again where little of the new pack is needed, and end in one pack', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const all = patternBytes(2_400 * 4096, 1);
  let last: CheckpointSummary | undefined;
  const packs = join(place.root, 'jobs/job/packs');
  for (const [pages, generation] of [
    [2_400, undefined],
    [1_000, '0001'],
    [200, '0002'],
  ] as const) {
    last = await commitBytes(store, epoch, last, all.subarray(0, pages * 4096));
    await store.prune('job', policy);
    const name = generation === undefined ? '.a.0001.pack' : `.moved-${generation}-`;
    expect(await readdir(packs)).toEqual([expect.stringContaining(name)]);
  }
  expect((await store.prune('job', policy)).rewrittenPacks).toBe(0);
  expect((await store.verify('job')).problems).toEqual([]);
});

test.each([
  { protect: [3], removed: [2, 1] },
  { protect: [1], removed: [2] },
])('what is protected counts where it is one of the newest: $protect', async ({ protect, removed }) => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  await snapshots(store, 3);
  expect((await store.prune('job', { ...policy, protect })).removed.map(({ number }) => number)).toEqual(removed);
});
