import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointRef, ObjectInput, PageRun } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { randomFrom } from '@holdfast/testkit/faults';
import { expect, test } from 'vitest';
import { encryptionKey, temporaryPlace } from '../fixture.js';
import { asObject, changed, packed, type Pages, randomPages, runsOf } from './page-model.js';

const first = Number(process.env['HOLDFAST_SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const holder = { attempt: 'a', host: 'h', pid: 1 };

function unchangedRuns(before: Pages, after: Pages): readonly PageRun[] {
  const numbers = [...after].filter(([number, page]) => before.get(number)?.equals(page) === true).map(([number]) => number);
  return numbers.sort((left, right) => left - right).map((firstPage) => ({ firstPage, pageCount: 1 }));
}

test.each([0, 1, 2, 3].map((at) => [first + at, at % 2 === 0 ? 'plain' : 'encrypted'] as const))(
  'random workloads are stored the same by what is known to be unchanged as by content: HOLDFAST_SEED=%i, %s',
  async (seed, kind) => {
    const random = randomFrom(seed);
    await using place = await temporaryPlace();
    await using store = await openRepository({ root: place.root, create: true, ...(kind === 'encrypted' ? { encryptionKey } : {}) });
    const lives = await Promise.all(['by-content', 'by-frames'].map((job) => store.claim(job, holder, { kind: 'newest' })));
    const parents: (CheckpointRef | undefined)[] = [undefined, undefined];
    let before: Pages = new Map();
    for (let generation = 0; generation < 4; generation += 1) {
      const after = generation === 0 ? randomPages(random) : changed(before, random);
      const object = await asObject('memory', after, random, (bytes) => Promise.resolve({ kind: 'bytes', bytes }));
      const unchanged = unchangedRuns(before, after);
      const counts: number[] = [];
      for (const [at, epoch] of lives.entries()) {
        await using writer = await store.begin(epoch, parents[at]);
        counts.push((await writer.put(at === 0 ? object : { ...object, unchanged })).changedPages);
        parents[at] = (await writer.commit({})).summary;
        await using reader = await store.open(parents[at] ?? { job: '', number: 0, epoch: 0, attempt: '' });
        expect(Buffer.from(await reader.read('memory')).equals(packed(after))).toBe(true);
        expect(reader.objects[0]?.runs).toEqual(runsOf(after));
      }
      expect(counts[1]).toBe(counts[0]);
      before = after;
    }
  },
);

test('a window that is unchanged as a whole is not read, others are; what the parent has not is', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const path = join(place.scratch, 'memory');
  const object = (pages: number): ObjectInput => ({
    key: 'm',
    kind: 'memory',
    sizeBytes: pages * 4096,
    source: { kind: 'path', path },
    extents: [{ firstPage: 0, pageCount: pages, sourceOffset: 0 }],
  });
  await writeFile(path, Buffer.alloc(64 * 4096, 1));
  await using one = await store.begin(epoch, undefined);
  await one.put(object(64));
  const { summary } = await one.commit({});
  // Whatever is read is seen to be.
  await writeFile(path, Buffer.alloc(80 * 4096, 2));
  await using two = await store.begin(epoch, summary);
  const unchanged = [
    { firstPage: 0, pageCount: 16 },
    { firstPage: 16, pageCount: 15 },
    { firstPage: 32, pageCount: 20 },
    { firstPage: 52, pageCount: 28 },
  ];
  expect(await two.put({ ...object(80), unchanged })).toEqual({ changedPages: 32, unreadPages: 48 });
  const { summary: second } = await two.commit({});
  await using reader = await store.open(second);
  const windows = [1, 2, 1, 1, 2].map((content) => Buffer.alloc(16 * 4096, content));
  expect(Buffer.from(await reader.read('m')).equals(Buffer.concat(windows))).toBe(true);
});
