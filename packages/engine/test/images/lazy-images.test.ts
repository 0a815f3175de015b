import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectInput, PageRun } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rangesText, writeLazyImages } from '../../src/images/lazy-images.js';
import { planLazy } from '../../src/images/lazy-plan.js';
import { decodePagemap } from '../../src/images/pagemap.js';
import type { LazyReader } from '../../src/lazy/lazy-reader.js';
import { readerOf } from './folder-checkpoint.js';
import { image, magics, message } from './image-bytes.js';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'holdfast-lazy-')), 'images');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const page = 4096;
const entry = (firstPage: number, count: number, flags: number) => message([1, BigInt(firstPage) * 4096n], [2, count], [4, flags], [5, count]);

function imageObject(name: string, bytes: Buffer): ObjectInput {
  const extents = [{ firstPage: 0, pageCount: 1, sourceOffset: 0 }];
  return { key: `image/${name}`, kind: 'image', sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents };
}

/** Page N of it is full of N. */
function memoryObject(key: string, runs: readonly PageRun[]): ObjectInput {
  const pages = runs.flatMap(({ firstPage, pageCount }) => Array.from({ length: pageCount }, (_none, at) => Buffer.alloc(page, firstPage + at)));
  let sourceOffset = 0;
  const extents = runs.map((run) => {
    const extent = { ...run, sourceOffset };
    sourceOffset += run.pageCount * page;
    return extent;
  });
  return { key, kind: 'memory', sizeBytes: sourceOffset, source: { kind: 'bytes', bytes: Buffer.concat(pages) }, extents };
}

async function lazyReader(): Promise<LazyReader> {
  const inputs = [
    imageObject('pagemap-1.img', image(magics.pagemap, message([1, 1]), entry(16, 3, 6), entry(19, 1, 4), entry(40, 2, 6), entry(50, 1, 4))),
    imageObject('pagemap-shmem-7.img', image(magics.pagemap, message([1, 2]), entry(0, 2, 6))),
    memoryObject('memory/1', [
      { firstPage: 16, pageCount: 4 },
      { firstPage: 40, pageCount: 2 },
      { firstPage: 50, pageCount: 1 },
    ]),
    memoryObject('memory/shmem-7', [{ firstPage: 0, pageCount: 2 }]),
  ];
  const reader = await readerOf(inputs);
  return {
    ...reader,
    assertPresent: async () => undefined,
    servePages: () => Promise.reject(new Error('not part of this test')),
    writePages: async (_key, runs, path) => {
      await writeFile(
        path,
        Buffer.concat(
          runs.flatMap(({ firstPage, pageCount }) => Array.from({ length: pageCount }, (_none, at) => Buffer.alloc(page, firstPage + at))),
        ),
      );
    },
  };
}

test('what CRIU marked as lazy comes later, of processes and not of shared memory; the page maps and images say so', async () => {
  const reader = await lazyReader();
  const plan = await planLazy(reader);
  expect(plan).toMatchObject({ lazyBytes: 5 * page, eagerBytes: 4 * page });
  expect(rangesText(plan)).toBe('1 10000 3\n1 28000 2\n');
  await writeLazyImages(reader, plan, folder);
  const { entries } = decodePagemap(await readFile(join(folder, 'pagemap-1.img')), 'pagemap-1.img');
  expect(entries).toEqual([
    { firstPage: 16, pageCount: 3, present: false, lazy: true },
    { firstPage: 19, pageCount: 1, present: true, lazy: false },
    { firstPage: 40, pageCount: 2, present: false, lazy: true },
    { firstPage: 50, pageCount: 1, present: true, lazy: false },
  ]);
  expect(await readFile(join(folder, 'pages-1.img'))).toEqual(Buffer.concat([Buffer.alloc(page, 19), Buffer.alloc(page, 50)]));
  expect(decodePagemap(await readFile(join(folder, 'pagemap-shmem-7.img')), 'pagemap-shmem-7.img').entries).toEqual([
    { firstPage: 0, pageCount: 2, present: true, lazy: true },
  ]);
  expect((await readFile(join(folder, 'pages-2.img'))).length).toBe(2 * page);
});
