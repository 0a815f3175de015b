import { expect, test } from 'vitest';
import { decodeDumpStats } from '../../src/images/dump-stats.js';
import { assertImageName, isImageName } from '../../src/images/image-names.js';
import { memoryKey, pagemapName } from '../../src/images/memory-keys.js';
import { decodePagemap } from '../../src/images/pagemap.js';

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function message(...fields: readonly (readonly [number, number])[]): number[] {
  const bytes = fields.flatMap(([field, value]) => [...varint(field * 8), ...varint(value)]);
  return [bytes.length, 0, 0, 0, ...bytes];
}

const head = [0x19, 0x43, 0x56, 0x54, 0x25, 0x40, 0x08, 0x56];
const image = (...messages: readonly number[][]): Uint8Array => Uint8Array.from([...head, ...messages.flat()]);
const address = 0x7fff_1234_5000;

test('reads addresses, counts of both kinds, and what is present', () => {
  const bytes = image(
    message([1, 3]),
    message([1, address], [2, 5], [4, 4]),
    message([1, address + 0x9000], [2, 2], [4, 2], [5, 70_000]),
    message([1, 4096], [2, 1]),
  );
  expect(decodePagemap(bytes, 'pagemap-1.img')).toEqual({
    pagesId: 3,
    entries: [
      { firstPage: address / 4096, pageCount: 5, present: true },
      { firstPage: address / 4096 + 9, pageCount: 70_000, present: false },
      { firstPage: 1, pageCount: 1, present: true },
    ],
  });
});

test.each([
  ['another kind of file', Uint8Array.from([...head.slice(0, 4), 1, 2, 3, 4])],
  ['an empty file', new Uint8Array()],
  ['no head', image()],
  ['an end within a message', image(message([1, 3]), message([1, address], [2, 5])).subarray(0, -1)],
  ['an end within a length', image(message([1, 3]), [9, 0])],
  ['pages of an earlier dump', image(message([1, 3]), message([1, address], [2, 5], [4, 1]))],
  ['an address within a page', image(message([1, 3]), message([1, 5], [2, 5]))],
  ['no pages', image(message([1, 3]), message([1, address]))],
  ['a field that does not end', image(message([1, 3]), [2, 0, 0, 0, 8, 255])],
])('refuses %s', (_, bytes) => {
  expect(() => decodePagemap(bytes, 'pagemap-1.img')).toThrow(expect.objectContaining({ kind: 'corrupt' }));
});

test('statistics of something else are no error', () => {
  expect(decodeDumpStats(Uint8Array.from([0x40, 0x59, 0x10, 0x55, 0x06, 0x33, 0x09, 0x57, 0, 0, 0, 0]))).toBeUndefined();
});

test('a page map and its memory name each other', () => {
  expect(memoryKey('pagemap-shmem-12.img')).toBe('memory/shmem-12');
  expect(pagemapName('memory/shmem-12')).toBe('pagemap-shmem-12.img');
  expect(pagemapName('image/x')).toBeUndefined();
});

test.each(['../x', 'a/b', '', '.hidden', 'a..b', 'x\0y', 'x\n', 'a'.repeat(300)])('%j is no image', (name) => {
  expect(isImageName(name)).toBe(false);
  expect(() => assertImageName(name)).toThrow(expect.objectContaining({ code: 'HF_MANIFEST_CORRUPT' }));
});
