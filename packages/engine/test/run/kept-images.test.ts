import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@holdfast/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeptImages } from '../../src/run/kept-images.js';
import type { Room } from '../../src/run/room.js';
import { image, magics, message } from '../images/image-bytes.js';

const gibibyte = 1024 ** 3;
let base: string;

function room(memoryBytes: () => number, freeBytes: () => number = () => 2 ** 60): Room {
  return { memoryBytes, freeBytes: () => Promise.resolve(freeBytes()) };
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'hf-kept-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(base, { recursive: true, force: true });
});

/** A staged snapshot of one process with two pages. */
function staged(number: number): string {
  const folder = join(base, String(number));
  const images = join(folder, 'images');
  mkdirSync(images, { recursive: true });
  const write = (name: string, bytes: Uint8Array): void => writeFileSync(join(images, name), bytes);
  write('pstree.img', image(magics.tree, message([1, 6], [2, 0])));
  write('mm-6.img', image(magics.mm, message([1, 4096])));
  write('pagemap-6.img', image(magics.pagemap, message([1, 1]), message([1, 0x10_000], [2, 2], [4, 4])));
  write('pages-1.img', Buffer.alloc(8192, number));
  return folder;
}

/** What lies where the first kept object is said to be; undefined where nothing is kept. */
function firstByte(kept: KeptImages): number | undefined {
  const [pages] = kept.pages.values();
  if (pages?.source.kind !== 'path') return undefined;
  const bytes = readFileSync(Buffer.from(pages.source.path));
  expect(bytes).toHaveLength(8192);
  return bytes[0];
}

test('the images kept last are told by key, with where their pages lie, and have no names any more', async () => {
  await using kept = new KeptImages(
    silentLogger,
    room(() => 10 * gibibyte),
  );
  expect(kept.pages).toEqual(new Map());
  const [first, second] = [staged(1), staged(2)];
  await kept.keep({ folder: first, kind: 'memory' });
  expect(firstByte(kept)).toBe(1);
  await kept.keep({ folder: second, kind: 'memory' });
  expect(firstByte(kept)).toBe(2);
  expect([...kept.pages.values()]).toMatchObject([{ extents: [{ firstPage: 16, pageCount: 2, sourceOffset: 0 }] }]);
  expect(readdirSync(base)).toEqual([]);
});

test.each([
  { kind: 'memory', memory: gibibyte, disk: 2 ** 60, isKept: false },
  { kind: 'memory', memory: 2 * gibibyte, disk: 0, isKept: true },
  { kind: 'disk', memory: 2 ** 60, disk: gibibyte, isKept: false },
  { kind: 'disk', memory: 0, disk: 2 * gibibyte, isKept: true },
] as const)('images in $kind are kept where another dump clearly fits beside them there: $isKept', async ({ kind, memory, disk, isKept }) => {
  await using kept = new KeptImages(
    silentLogger,
    room(
      () => memory,
      () => disk,
    ),
  );
  await kept.keep({ folder: staged(1), kind });
  expect(firstByte(kept)).toBe(isKept ? 1 : undefined);
  expect(readdirSync(base)).toEqual([]);
});

test('what is kept on the disk goes as soon as the disk becomes full', async () => {
  let diskBytes = 10 * gibibyte;
  await using kept = new KeptImages(
    silentLogger,
    room(
      () => 0,
      () => diskBytes,
    ),
  );
  vi.useFakeTimers();
  await kept.keep({ folder: staged(1), kind: 'disk' });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(firstByte(kept)).toBe(1);
  diskBytes = gibibyte;
  await vi.advanceTimersByTimeAsync(2_500);
  vi.useRealTimers();
  await vi.waitFor(() => expect(kept.pages.size).toBe(0), { timeout: 30_000 });
});

test('what is kept goes as soon as memory becomes scarce, or a larger dump needs the room', async () => {
  let memoryBytes = 10 * gibibyte;
  await using kept = new KeptImages(
    silentLogger,
    room(() => memoryBytes),
  );
  await kept.keep({ folder: staged(1), kind: 'memory' });
  await kept.makeRoomFor(4 * gibibyte);
  expect(firstByte(kept)).toBe(1);
  await kept.makeRoomFor(8 * gibibyte);
  expect(firstByte(kept)).toBeUndefined();
  vi.useFakeTimers();
  await kept.keep({ folder: staged(2), kind: 'memory' });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(firstByte(kept)).toBe(2);
  memoryBytes = gibibyte / 2;
  await vi.advanceTimersByTimeAsync(2_500);
  vi.useRealTimers();
  await vi.waitFor(() => expect(kept.pages.size).toBe(0), { timeout: 30_000 });
});

test('what is kept goes where a dump would not fit into the file system beside it, however much memory there is', async () => {
  await using kept = new KeptImages(
    silentLogger,
    room(
      () => 2 ** 60,
      () => 10 * gibibyte,
    ),
  );
  await kept.keep({ folder: staged(1), kind: 'memory' });
  expect(firstByte(kept)).toBe(1);
  await kept.makeRoomFor(7 * gibibyte);
  expect(firstByte(kept)).toBe(1);
  await kept.makeRoomFor(8 * gibibyte);
  expect(firstByte(kept)).toBeUndefined();
});

test('images that cannot be read are no reason to fail, and go', async () => {
  await using kept = new KeptImages(
    silentLogger,
    room(() => 10 * gibibyte),
  );
  const folder = staged(1);
  rmSync(join(folder, 'images', 'pages-1.img'));
  await kept.keep({ folder, kind: 'memory' });
  expect(kept.pages).toEqual(new Map());
  expect(readdirSync(base)).toEqual([]);
});

test('the end of the run lets go of what is kept', async () => {
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  {
    await using kept = new KeptImages(
      silentLogger,
      room(() => 10 * gibibyte),
    );
    await kept.keep({ folder: staged(1), kind: 'disk' });
    expect(open()).toBe(before + 1);
  }
  expect(open()).toBe(before);
});
