import { join } from 'node:path';
import { ThreadPool } from '@holdfast/store/internal';
import { expect, test } from 'vitest';
import type { BlockWorkers } from '../../src/workers/block-workers.js';
import { temporaryPlace } from '../fixture.js';
import { readerWith, secretsOf } from '../store-context.js';
import { deltaChain } from './delta-chain.js';

const mebibyte = 1024 * 1024;

test('the memory that blocks are read and decoded into is bounded, and used again, whatever deltas there are', async () => {
  await using place = await temporaryPlace();
  const chain = await deltaChain(place, 50_000, 2);
  const { summary } = chain.at(-1) ?? expect.unreachable();
  await using threads = new ThreadPool(await secretsOf(place.root), 4);
  const spaces = new Set<SharedArrayBuffer>();
  const workers: BlockWorkers = {
    width: 4,
    encode: (slot, request) => threads.encode(slot, request),
    hash: (slot, request) => threads.hash(slot, request),
    decode: (request) => {
      for (const space of [request.stored, request.pages]) if (space !== undefined) spaces.add(space);
      return threads.decode(request);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  await using reader = await readerWith(place.root, summary, { workers });
  // One after the other and at once: what they share is one reader's.
  await reader.write('m', join(place.scratch, 'first'), 'packed');
  await Promise.all([1, 2, 3].map((copy) => reader.write('m', join(place.scratch, `copy-${copy}`), 'packed')));
  const bytes = [...spaces].reduce((sum, { byteLength }) => sum + byteLength, 0);
  // 195 MiB of memory: 96 MiB of decoded blocks, less than 10 of stored ones, a few that are looked at beyond the limit.
  expect(bytes).toBeGreaterThan(90 * mebibyte);
  expect(bytes).toBeLessThan(120 * mebibyte);
}, 120_000);
