import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { createFileOperations, type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { expect, test } from 'vitest';
import { GrowingSegments } from '../../src/manifest/growing-segments.js';
import { verifyRepository } from '../../src/maintenance/verify.js';
import { decodeManifest, encodeManifest } from '../../src/manifest/manifest-codec.js';
import type { ObjectMap } from '../../src/manifest/page-map.js';
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

test('a window that says another hash than the same pages had in the snapshot before is a problem', async () => {
  await using place = await temporaryPlace();
  await deltaChain(place, 600, 2);
  await forge(place.root, 2, (map) => {
    const windowHashes = Buffer.from(map.windowHashes);
    windowHashes[40] = (windowHashes[40] ?? 0) ^ 1;
    return { ...map, windowHashes };
  });
  expect((await (await openRepository({ root: place.root })).verify('job')).problems).toMatchObject([{ number: 2, code: 'HF_PACK_CORRUPT' }]);
});

test('a window that has another page under the hash of the snapshot before is a problem', async () => {
  await using place = await temporaryPlace();
  await deltaChain(place, 600, 2);
  await forge(place.root, 2, (map) => {
    const segments = new GrowingSegments();
    for (let at = 0; at < map.segments.length; at += 1) {
      const [block, index, count] = [map.segments.blocks[at] ?? 0, map.segments.indexes[at] ?? 0, map.segments.counts[at] ?? 0];
      segments.append(block, block >= 0 && at % 9 === 3 && index > 0 ? index - 1 : index, count);
    }
    return { ...map, segments };
  });
  expect((await (await openRepository({ root: place.root })).verify('job')).problems).toMatchObject([{ number: 2, code: 'HF_PACK_CORRUPT' }]);
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
    decode: (request) => {
      for (const space of [request.stored, request.pages]) if (space !== undefined) spaces.add(space);
      return context.workers.decode(request);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const { ok, blocks } = await verifyRepository({ ...context, workers }, ['job']);
  expect(ok).toBe(true);
  // Those of one snapshot, of which there are no more than blocks, and five for stored bytes.
  expect(spaces.size).toBeLessThanOrEqual(blocks + 5);
});
