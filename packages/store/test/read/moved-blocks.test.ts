import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { createFileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { decodeManifest, encodeManifest } from '../../src/manifest/manifest-codec.js';
import { temporaryPlace } from '../fixture.js';
import { movePack } from '../move-pack.js';

const holder = { attempt: 'a', host: 'h', pid: 1 };
const bytes = patternBytes(300 * 4096, 1);

test('a block that was moved to another pack is found there, without a new manifest', async () => {
  await using place = await temporaryPlace();
  const store = await openRepositoryWith({ root: place.root, create: true }, { packTargetBytes: 1 });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const { number } = await commitBytes(store, epoch, undefined, bytes);
  const packs = join(place.root, 'jobs/job/packs');
  await movePack(packs, '0000000001.0000000001.a.0001.pack', '0000000001.0000000001.a.0009.pack', store.repositoryId);
  await using reader = await store.open({ job: 'job', number });
  expect(Buffer.from(await reader.read('memory')).equals(bytes)).toBe(true);
  expect((await store.verify('job')).problems).toEqual([]);
  const next = await commitBytes(store, epoch, reader.summary, bytes);
  await store.prune('job', { keep: 1, graceMs: 0 });
  await using after = await store.open(next);
  expect(Buffer.from(await after.read('memory')).equals(bytes)).toBe(true);
});

test('the packs are searched once for the blocks that were moved together', async () => {
  await using place = await temporaryPlace();
  const made = await openRepository({ root: place.root, create: true });
  const many = patternBytes(1500 * 4096, 1);
  const { number } = await commitBytes(made, await made.claim('job', holder, { kind: 'newest' }), undefined, many);
  const packs = join(place.root, 'jobs/job/packs');
  await movePack(packs, '0000000001.0000000001.a.0001.pack', '0000000001.0000000001.a.0009.pack', made.repositoryId);
  const real = createFileOperations();
  let searches = 0;
  const list = (path: string): Promise<readonly string[]> => {
    if (path === packs) searches += 1;
    return real.list(path);
  };
  const store = await openRepositoryWith({ root: place.root }, { files: { ...real, list } });
  await using reader = await store.open({ job: 'job', number });
  expect(Buffer.from(await reader.read('memory')).equals(many)).toBe(true);
  expect(searches).toBe(1);
});

test('a pack renamed to another name is refused', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const { number } = await commitBytes(store, await store.claim('job', holder, { kind: 'newest' }), undefined, bytes);
  const packs = join(place.root, 'jobs/job/packs');
  await rename(join(packs, '0000000001.0000000001.a.0001.pack'), join(packs, '0000000001.0000000001.a.0002.pack'));
  await using reader = await store.open({ job: 'job', number });
  await expect(reader.read('memory')).rejects.toMatchObject({ code: 'HF_BLOCK_MISSING', kind: 'corrupt' });
});

test("a snapshot may refer to another job's blocks, and is gone on from", async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  await commitBytes(store, await store.claim('source', holder, { kind: 'newest' }), undefined, bytes);
  const epoch = await store.claim('forked', holder, { kind: 'newest' });
  const name = '0000000001.0000000001.a.manifest';
  const { summary, ...body } = decodeManifest(name, await readFile(join(place.root, 'jobs/source/manifests', name)));
  const own = { ...summary, job: 'forked' };
  await mkdir(join(place.root, 'jobs/forked/manifests'), { recursive: true });
  await writeFile(join(place.root, 'jobs/forked/manifests', name), encodeManifest(own, body, undefined));
  const [fork] = await store.list('forked');
  expect(fork).toMatchObject({ job: 'forked', number: 1, eligible: true });
  const changed = Buffer.from(bytes).fill(1, 4096, 5000);
  const next = await commitBytes(store, epoch, fork, changed);
  expect(next.storedBytes).toBeLessThan(20 * 4096);
  await store.prune('forked', { keep: 1 });
  await using reader = await store.open(next);
  expect(Buffer.from(await reader.read('memory')).equals(changed)).toBe(true);
  expect((await store.verify(undefined)).problems).toEqual([]);
});
