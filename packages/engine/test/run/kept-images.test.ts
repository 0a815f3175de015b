import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@holdfast/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeptImages } from '../../src/run/kept-images.js';
import { image, magics, message } from '../images/image-bytes.js';

const gibibyte = 1024 ** 3;
let base: string;

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

test('the images kept last are told by key, with where their pages lie', async () => {
  await using kept = new KeptImages(silentLogger, () => 10 * gibibyte);
  expect(await kept.pages()).toEqual(new Map());
  const [first, second] = [staged(1), staged(2)];
  await kept.keep({ folder: first, kind: 'memory' });
  await kept.keep({ folder: second, kind: 'memory' });
  expect([existsSync(first), existsSync(second)]).toEqual([false, true]);
  expect([kept.has(first), kept.has(second)]).toEqual([false, true]);
  const pages = await kept.pages();
  expect([...pages.values()]).toEqual([
    { source: { kind: 'path', path: join(second, 'images', 'pages-1.img') }, extents: [{ firstPage: 16, pageCount: 2, sourceOffset: 0 }] },
  ]);
});

test('nothing is kept where another dump would not clearly fit beside it', async () => {
  await using kept = new KeptImages(silentLogger, () => gibibyte);
  const folder = staged(1);
  await kept.keep({ folder, kind: 'memory' });
  expect(existsSync(folder)).toBe(false);
  expect(await kept.pages()).toEqual(new Map());
});

test('what is kept goes as soon as memory becomes scarce, or a larger dump needs the room', async () => {
  let memoryBytes = 10 * gibibyte;
  await using kept = new KeptImages(silentLogger, () => memoryBytes);
  const folder = staged(1);
  await kept.keep({ folder, kind: 'memory' });
  await kept.makeRoomFor(4 * gibibyte);
  expect(existsSync(folder)).toBe(true);
  await kept.makeRoomFor(8 * gibibyte);
  expect(existsSync(folder)).toBe(false);
  vi.useFakeTimers();
  const next = staged(2);
  await kept.keep({ folder: next, kind: 'memory' });
  memoryBytes = gibibyte / 2;
  await vi.advanceTimersByTimeAsync(2_500);
  vi.useRealTimers();
  await vi.waitFor(() => expect(existsSync(next)).toBe(false));
});

test('images that cannot be read are no reason to fail', async () => {
  await using kept = new KeptImages(silentLogger, () => 10 * gibibyte);
  const folder = staged(1);
  await kept.keep({ folder, kind: 'memory' });
  rmSync(join(folder, 'images', 'pages-1.img'));
  expect(await kept.pages()).toEqual(new Map());
});

test('the end of the run lets go of what is kept', async () => {
  const folder = staged(1);
  {
    await using kept = new KeptImages(silentLogger, () => 10 * gibibyte);
    await kept.keep({ folder, kind: 'disk' });
    expect(existsSync(folder)).toBe(true);
  }
  expect(existsSync(folder)).toBe(false);
});
