import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFileOperations, type FileOperations, ThreadPool } from '@holdfast/store/internal';
import { expect, test } from 'vitest';
import { readManifest } from '../../src/manifest/read-manifest.js';
import { jobPaths } from '../../src/repository/store-context.js';
import type { BlockWorkers } from '../../src/workers/block-workers.js';
import type { RepositorySecrets } from '../../src/encryption/repository-secrets.js';
import { InlineWorkers } from '../../src/workers/inline-workers.js';
import { encryptionKey, temporaryPlace } from '../fixture.js';
import { readerWith, secretsOf, storeContext } from '../store-context.js';
import { deltaChain } from './delta-chain.js';

/** Answers later, in any order. */
function shuffledWorkers(secrets: RepositorySecrets): BlockWorkers {
  const inline = new InlineWorkers(secrets);
  return {
    width: 7,
    encode: (slot, request) => inline.encode(slot, request),
    hash: (slot, request) => inline.hash(slot, request),
    decode: async (request) => {
      for (let turns = Math.floor(Math.random() * 20); turns > 0; turns -= 1) await new Promise(setImmediate);
      return await inline.decode(request);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

test.each([
  ['as it is', undefined],
  ['encrypted', encryptionKey],
])(
  'threads, a single thread and blocks that come in any order give the same bytes, in both layouts, %s',
  async (_how, userKey) => {
    await using place = await temporaryPlace();
    const chain = await deltaChain(place, 4000, 5, userKey);
    const secrets = await secretsOf(place.root, userKey);
    await using threads = new ThreadPool(secrets, 3);
    for (const [number, { summary, bytes }] of chain.entries()) {
      const third = Math.floor(4000 / 3) * 4096;
      for (const [name, workers] of Object.entries({ threads, inline: new InlineWorkers(secrets), shuffled: shuffledWorkers(secrets) })) {
        await using reader = await readerWith(place.root, summary, { workers }, userKey);
        expect(Buffer.from(await reader.read('m')).equals(bytes)).toBe(true);
        const path = join(place.scratch, `${name}-${number}`);
        await reader.write('m', path, 'sparse');
        const sparse = await readFile(path);
        expect(sparse.length).toBe((70_000 + 4000 - 2 * Math.floor(4000 / 3)) * 4096);
        expect(sparse.subarray(0, 5 * 4096).every((byte) => byte === 0)).toBe(true);
        expect(sparse.subarray(5 * 4096, 5 * 4096 + third).equals(bytes.subarray(0, third))).toBe(true);
        expect(sparse.subarray(70_000 * 4096).equals(bytes.subarray(2 * third))).toBe(true);
      }
    }
  },
  120_000,
);

/** Counts reads of whole blocks. */
function countingFiles(): { readonly files: FileOperations; readonly count: () => number } {
  const real = createFileOperations();
  let reads = 0;
  const open: FileOperations['open'] = async (path, access) => {
    const file = await real.open(path, access);
    const read: typeof file.read = (target, position) => ((reads += target.buffer instanceof SharedArrayBuffer ? 1 : 0), file.read(target, position));
    return String(path).endsWith('.pack') ? { ...file, read } : file;
  };
  return { files: { ...real, open }, count: () => reads };
}

test('no block is read twice for one object, whatever deltas it stands on', async () => {
  await using place = await temporaryPlace();
  const chain = await deltaChain(place, 8000, 4);
  const last = chain.at(-1)?.summary ?? expect.unreachable();
  const { blocks } = await readManifest(await storeContext(place.root), jobPaths(place.root, 'job'), last);
  expect(blocks.bases.length / 2).toBeGreaterThan(10);
  const { files, count } = countingFiles();
  await using threads = new ThreadPool(await secretsOf(place.root), 2);
  await using reader = await readerWith(place.root, last, { files, workers: threads });
  await reader.verify();
  expect(count()).toBeLessThanOrEqual(blocks.length);
  expect(count()).toBeGreaterThan(blocks.length / 2);
}, 120_000);

test('a thread that dies fails the write, which leaves nothing; the next one begins another', async () => {
  await using place = await temporaryPlace();
  const [first] = await deltaChain(place, 8000, 1);
  const { summary, bytes } = first ?? expect.unreachable();
  await using threads = new ThreadPool(await secretsOf(place.root), 2);
  let calls = 0;
  const workers: BlockWorkers = {
    width: 2,
    encode: (slot, request) => threads.encode(slot, request),
    hash: (slot, request) => threads.hash(slot, request),
    decode: async (request) => {
      calls += 1;
      // Ends the threads in the middle of what they do.
      const [answer] = await Promise.all([threads.decode(request), calls === 8 ? threads[Symbol.asyncDispose]() : undefined]);
      return answer;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  await using reader = await readerWith(place.root, summary, { workers });
  const path = join(place.scratch, 'out');
  await expect(reader.write('m', path, 'packed')).rejects.toMatchObject({ code: 'HF_UNEXPECTED' });
  await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  await reader.write('m', path, 'packed');
  expect((await readFile(path)).equals(bytes)).toBe(true);
}, 60_000);
