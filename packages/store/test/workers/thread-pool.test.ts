import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
// The built thread pool: its threads run a program that lies beside it.
import { ThreadPool } from '../../dist/workers/thread-pool.js';
import { BlockSlot } from '../../src/workers/block-slot.js';
import type { BlockWorkers } from '../../src/workers/block-workers.js';
import { InlineWorkers } from '../../src/workers/inline-workers.js';

const start = { hash: { kind: 'xxh3-128', key: Buffer.alloc(32, 7) }, cipher: undefined } as const;

async function encoded(workers: BlockWorkers, number: number): Promise<Buffer> {
  const slot = new BlockSlot();
  const pageCount = 1 + (number % 256);
  patternBytes(pageCount * 4096, number).copy(slot.pages);
  // Half of it compresses.
  slot.pages.fill('the same over and over ', 0, (pageCount * 4096) / 2);
  const id = number.toString(16).padStart(32, '0');
  const { lengthBytes } = await workers.encode(slot, { id, pageCount, compress: true, bases: [] });
  return Buffer.from(slot.stored.subarray(0, lengthBytes));
}

test('threads make the same blocks as the calling one, whichever ends first', async () => {
  await using threads = new ThreadPool(start, 3);
  await using inline = new InlineWorkers(start);
  const numbers = Array.from({ length: 40 }, (_, number) => number * 13);
  const [theirs, ours] = await Promise.all([threads, inline].map((workers) => Promise.all(numbers.map((number) => encoded(workers, number)))));
  expect(theirs).toHaveLength(40);
  expect(theirs?.map((bytes) => bytes.toString('base64'))).toEqual(ours?.map((bytes) => bytes.toString('base64')));
});

test('a thread that is lost fails what it had to do, and the next task begins another', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-threads-'));
  try {
    const program = join(folder, 'dies.mjs');
    await writeFile(program, `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3));`);
    await using threads = new ThreadPool(start, 1, pathToFileURL(program));
    for (let number = 0; number < 4; number += 1) await encoded(threads, number);
    const lost = { code: 'HF_UNEXPECTED', message: 'a block could not be worked on: its thread was lost' };
    const both = await Promise.allSettled([encoded(threads, 5), encoded(threads, 6)]);
    expect(both).toMatchObject([
      { status: 'rejected', reason: lost },
      { status: 'rejected', reason: lost },
    ]);
    await expect(encoded(threads, 7)).rejects.toMatchObject(lost);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a task that fails is told with its reason, and the thread goes on', async () => {
  await using threads = new ThreadPool(start, 1);
  for (let number = 0; number < 4; number += 1) await encoded(threads, number);
  const slot = new BlockSlot();
  await expect(threads.encode(slot, { id: '00', pageCount: 70_000, compress: true, bases: [] })).rejects.toMatchObject({
    code: 'HF_UNEXPECTED',
  });
  expect((await encoded(threads, 8)).length).toBeGreaterThan(0);
});

test('what is under way when the pool ends is rejected', async () => {
  const threads = new ThreadPool(start, 1);
  for (let number = 0; number < 4; number += 1) await encoded(threads, number);
  const under = Promise.allSettled([encoded(threads, 255), encoded(threads, 254)]);
  await threads[Symbol.asyncDispose]();
  expect((await under).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
