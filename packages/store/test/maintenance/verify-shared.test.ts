import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageSizeBytes } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations, type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { GrowingSegments } from '../../src/manifest/growing-segments.js';
import { verifyRepository } from '../../src/maintenance/verify.js';
import { decodeManifest, encodeManifest } from '../../src/manifest/manifest-codec.js';
import { type ObjectMap, zeroBlock } from '../../src/manifest/page-map.js';
import type { BlockWorkers } from '../../src/workers/block-workers.js';
import { temporaryPlace } from '../fixture.js';
import { deltaChain } from '../read/delta-chain.js';
import { storeContext } from '../store-context.js';

/** Rewrites the manifest of a snapshot, well sealed, with another object. */
async function forge(root: string, number: number, change: (map: ObjectMap) => ObjectMap): Promise<void> {
  const path = join(root, 'jobs/job/manifests', `${String(number).padStart(10, '0')}.0000000001.a.manifest`);
  const { summary, ...body } = decodeManifest(path, await readFile(path));
  await writeFile(path, encodeManifest(summary, { ...body, objects: body.objects.map(change) }, undefined));
}

/** The segments one page each, each of which `change` may replace. */
function pageByPage(
  { segments }: ObjectMap,
  change: (block: number, index: number, at: number) => readonly [number, number] | undefined,
): GrowingSegments {
  const changed = new GrowingSegments();
  let at = 0;
  for (let segment = 0; segment < segments.length; segment += 1) {
    const [block, index, count] = [segments.blocks[segment] ?? 0, segments.indexes[segment] ?? 0, segments.counts[segment] ?? 0];
    for (let page = 0; page < count; page += 1, at += 1) {
      const place = change(block, block === zeroBlock ? 0 : index + page, at);
      if (place !== undefined) changed.append(...place, 1);
    }
  }
  return changed;
}

/** The page that is another one. */
const page = 40;
const pageCount = 600;

test.each<readonly [string, (map: ObjectMap) => Partial<ObjectMap>]>([
  [
    'has another hash for the same pages',
    ({ windowHashes }) => {
      const changed = Buffer.from(windowHashes);
      changed[40] = (changed[40] ?? 0) ^ 1;
      return { windowHashes: changed };
    },
  ],
  ['has another page of the same block', (map) => ({ segments: pageByPage(map, (block, index, at) => [block, at === page ? index + 1 : index]) })],
  ['has a page of another block', (map) => ({ segments: pageByPage(map, (block, index, at) => [at === page ? 1 - block : block, index]) })],
  ['has a zero page', (map) => ({ segments: pageByPage(map, (block, index, at) => (at === page ? [zeroBlock, 0] : [block, index])) })],
  [
    'has no last page',
    (map) => ({
      runCount: Float64Array.of(pageCount - 1),
      pageCount: map.pageCount - 1,
      sizeBytes: map.sizeBytes - pageSizeBytes,
      segments: pageByPage(map, (block, index, at) => (at < pageCount - 1 ? [block, index] : undefined)),
    }),
  ],
])('a window that %s, unlike in the verified snapshot, is a problem', async (_what, change) => {
  await using place = await temporaryPlace();
  const bytes = randomBytes(pageCount * pageSizeBytes);
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const parent = await commitBytes(store, epoch, undefined, bytes);
  await commitBytes(store, epoch, parent, bytes);
  // The newest is verified whole, the one before by what both have in common: all of it, but for this.
  await forge(place.root, 1, (map) => ({ ...map, ...change(map) }));
  expect((await store.verify('job')).problems).toMatchObject([{ number: 1, code: 'HF_PACK_CORRUPT' }]);
});

test('what snapshots have in common is decoded once', async () => {
  await using place = await temporaryPlace();
  await deltaChain(place, 2000, 1);
  const real = createFileOperations();
  let reads = 0;
  const open: FileOperations['open'] = async (path, access) => {
    const file = await real.open(path, access);
    const read: typeof file.read = (target, position) => ((reads += target.buffer instanceof SharedArrayBuffer ? 1 : 0), file.read(target, position));
    return { ...file, read };
  };
  await using store = await openRepositoryWith({ root: place.root }, { files: { ...real, open } });
  const epoch = await store.claim('job', { attempt: 'b', host: 'h', pid: 1 }, { kind: 'newest' });
  let parent = epoch.from;
  for (let number = 0; number < 6; number += 1) {
    await using writer = await store.begin(epoch, parent);
    await writer.keep('m');
    parent = (await writer.commit({})).summary;
  }
  reads = 0;
  const { ok, snapshots, blocks } = await store.verify('job');
  expect({ ok, snapshots }).toEqual({ ok: true, snapshots: 7 });
  // Once as part of its pack, once for the snapshots.
  expect(reads).toBe(2 * blocks);
});

test('the memory of a verification does not grow with the number of snapshots', async () => {
  await using place = await temporaryPlace();
  await deltaChain(place, 3000, 5);
  const context = await storeContext(place.root);
  const spaces = new Set<SharedArrayBuffer>();
  const workers: BlockWorkers = {
    width: 1,
    encode: (slot, request) => context.workers.encode(slot, request),
    hash: (slot, request) => context.workers.hash(slot, request),
    decode: (request) => {
      for (const space of [request.stored, request.pages]) if (space !== undefined) spaces.add(space);
      return context.workers.decode(request);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const { ok, blocks } = await verifyRepository({ ...context, workers }, 'job');
  expect(ok).toBe(true);
  // Those of one snapshot, of which there are no more than blocks, and five for stored bytes.
  expect(spaces.size).toBeLessThanOrEqual(blocks + 5);
});
