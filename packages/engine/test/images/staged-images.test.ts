import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckpointReader, ObjectInput, PageRun, SourceExtent } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LeftOutPages } from '../../src/images/left-out-pages.js';
import { RebuiltImages } from '../../src/images/rebuilt-images.js';
import { StagedImages } from '../../src/images/staged-images.js';
import { readerOf } from './folder-checkpoint.js';
import { image, magics, message } from './image-bytes.js';

let base: string;
let folder: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'hf-images-'));
  folder = join(base, 'staged');
  mkdirSync(folder);
  write('pstree.img', image(magics.tree, message([1, 6], [2, 0])));
  write('mm-6.img', image(magics.mm, message([1, 4096], [14, area])));
  write('pagemap-6.img', image(magics.pagemap, message([1, 1]), message([1, 0x10_000], [2, 2], [4, 4]), message([1, 0x30_000], [2, 1], [4, 4])));
  write('pages-1.img', Buffer.concat([Buffer.alloc(4096, 1), Buffer.alloc(4096, 2), Buffer.alloc(4096, 3)]));
  write('pagemap-shmem-77.img', image(magics.pagemap, message([1, 2]), message([1, 0], [2, 1], [4, 4])));
  write('pages-2.img', Buffer.alloc(4096, 4));
  write('inventory.img', Buffer.from('inventory'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const area = message([1, 0x7000], [2, 0x8000], [3, 0], [4, 77], [7, 1 << 8]);
const write = (name: string, bytes: Uint8Array): void => writeFileSync(join(folder, name), bytes);
const refused: unknown = expect.objectContaining({ code: 'HF_DUMP_FAILED', kind: 'corrupt' });

async function rebuild(change: (objects: readonly ObjectInput[]) => readonly ObjectInput[], leftOut?: LeftOutPages): Promise<string> {
  const rebuilt = join(base, 'rebuilt');
  await new RebuiltImages(rebuilt).write(await readerOf(change(await new StagedImages(folder, leftOut).objects())));
  return rebuilt;
}

test('images come back as they were, those of a segment too', async () => {
  const rebuilt = await rebuild((objects) => objects);
  expect(readdirSync(rebuilt).sort()).toEqual(readdirSync(folder).sort());
  for (const name of readdirSync(folder)) expect(readFileSync(join(rebuilt, name)).equals(readFileSync(join(folder, name))), name).toBe(true);
});

test('of a dump without memory the same images come back as of one with it, wherever the pages lie now', async () => {
  const [memory, copy] = [join(base, 'memory'), join(base, 'copy')];
  writeFileSync(memory, Buffer.concat([Buffer.alloc(0x10_000), Buffer.alloc(4096, 1)]));
  writeFileSync(copy, Buffer.alloc(4096, 3));
  const addresses = [0x10_000, 0x20_000, 0x30_000];
  const pagemap = (...flags: readonly number[]): Buffer =>
    image(magics.pagemap, message([1, 1]), ...flags.map((flag, at) => message([1, addresses[at] ?? 0], [2, 1], [4, flag])));
  write('pagemap-6.img', pagemap(2, 4, 2));
  write('pages-1.img', Buffer.alloc(4096, 2));
  const sources = [memory, copy].map((path) => ({ kind: 'path', path }) as const);
  const extentsOf = ({ firstPage, pageCount }: PageRun): readonly SourceExtent[] => [
    firstPage === 0x30 ? { firstPage, pageCount, sourceOffset: 0, sourceIndex: 2 } : { firstPage, pageCount, sourceOffset: 0x10_000, sourceIndex: 1 },
  ];
  const rebuilt = await rebuild((objects) => objects, { of: (name) => (name === 'pagemap-6.img' ? { sources, extentsOf } : refuse(name)) });
  expect(readFileSync(join(rebuilt, 'pagemap-6.img'))).toEqual(pagemap(6, 4, 6));
  expect(readFileSync(join(rebuilt, 'pages-1.img'))).toEqual(Buffer.concat([Buffer.alloc(4096, 1), Buffer.alloc(4096, 2), Buffer.alloc(4096, 3)]));
  expect(readFileSync(join(rebuilt, 'pages-2.img'))).toEqual(Buffer.alloc(4096, 4));
});

function refuse(name: string): never {
  throw new Error(`nothing of ${name} was left out`);
}

test('how far all memory together is written is told', async () => {
  const reader = await readerOf(await new StagedImages(folder).objects());
  const told: number[] = [];
  const write: CheckpointReader['write'] = async (key, path, layout, options) => {
    options?.onProgress?.(1000);
    await reader.write(key, path, layout);
    options?.onProgress?.(4096);
  };
  await new RebuiltImages(join(base, 'rebuilt')).write({ ...reader, write }, { onProgress: (bytes) => told.push(bytes) });
  // A process and a segment, at once.
  expect(told).toEqual([1000, 2000, 5096, 8192]);
});

test('a segment has the same key under another id', async () => {
  const keys = async (): Promise<readonly string[]> =>
    (await new StagedImages(folder).objects()).filter(({ kind }) => kind === 'memory').map(({ key }) => key);
  expect(await keys()).toEqual(['memory/6', 'memory/shared-6-7000']);
  const other = message([1, 0x7000], [2, 0x8000], [3, 0], [4, 78], [7, 1 << 8]);
  write('mm-6.img', image(magics.mm, message([1, 4096], [14, other])));
  write('pagemap-shmem-78.img', readFileSync(join(folder, 'pagemap-shmem-77.img')));
  rmSync(join(folder, 'pagemap-shmem-77.img'));
  expect(await keys()).toEqual(['memory/6', 'memory/shared-6-7000']);
});

test.each([
  ['a pages image that was cut short', () => write('pages-1.img', Buffer.alloc(8192))],
  ['a pages image that is too long', () => write('pages-1.img', Buffer.alloc(4 * 4096))],
  ['a pages image of which half a page is missing', () => write('pages-1.img', Buffer.alloc(3 * 4096 - 1))],
  ['no pages image', () => rmSync(join(folder, 'pages-1.img'))],
  ['a pages image that two page maps name', () => write('pagemap-shmem-77.img', readFileSync(join(folder, 'pagemap-6.img')))],
  ['a page map that is not whole', () => write('pagemap-6.img', readFileSync(join(folder, 'pagemap-6.img')).subarray(0, -1))],
  ['no process tree', () => rmSync(join(folder, 'pstree.img'))],
  ['areas that are not whole', () => write('mm-6.img', image(magics.mm))],
])('%s fails the snapshot before anything is stored', async (_, damage) => {
  damage();
  await expect(new StagedImages(folder).objects()).rejects.toThrow(refused);
});

test('a snapshot from before segments had names of their own comes back', async () => {
  const rebuilt = await rebuild((objects) =>
    objects.filter(({ key }) => key !== 'memory-table').map((object) => ({ ...object, key: object.key.replace('shared-6-7000', 'shmem-77') })),
  );
  expect(readFileSync(join(rebuilt, 'pages-2.img')).equals(readFileSync(join(folder, 'pages-2.img')))).toBe(true);
});

const table = (text: string) => (objects: readonly ObjectInput[]) =>
  objects.map((object): ObjectInput => (object.key === 'memory-table' ? { ...object, sizeBytes: text.length, source: bytesOf(text) } : object));
const bytesOf = (text: string): ObjectInput['source'] => ({ kind: 'bytes', bytes: Buffer.alloc(4096, text.padEnd(4096)) });
const extents = [{ firstPage: 3, pageCount: 1, sourceOffset: 0 }];

test.each([
  ['pages that are not those of its map', (all: readonly ObjectInput[]) => all.map((one) => (one.key === 'memory/6' ? { ...one, extents } : one))],
  ['memory missing', (all: readonly ObjectInput[]) => all.filter(({ key }) => key !== 'memory/6')],
  ['a page map missing', (all: readonly ObjectInput[]) => all.filter(({ key }) => key !== 'image/pagemap-6.img')],
  ['its table missing', (all: readonly ObjectInput[]) => all.filter(({ key }) => key !== 'memory-table')],
  ['a table that is no table', table('[]')],
  ['a table of no version', table('{"keys":{"pagemap-shmem-77.img":"memory/shared-6-7000"}}')],
  ['a table that is no JSON', table('{')],
  ['a table that names no page map', table('{"version":1,"keys":{"../x":"memory/shared-6-7000"}}')],
  ['a table that gives one memory to two', table('{"version":1,"keys":{"pagemap-shmem-77.img":"memory/6"}}')],
])('a snapshot with %s is refused before any memory is written', async (_, change) => {
  await expect(rebuild(change)).rejects.toMatchObject({ kind: 'corrupt' });
  expect(readdirSync(join(base, 'rebuilt')).filter((name) => name.startsWith('pages-'))).toEqual([]);
});

test('a table of a newer version is refused as that', async () => {
  await expect(rebuild(table('{"version":2}'))).rejects.toMatchObject({ code: 'HF_FORMAT_NEWER', kind: 'newer-format' });
});
