import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { areAlike } from '../../src/pack/page-likeness.js';

const page = 4096;
const random = patternBytes(page, 1);

function changed(every: number, change: (at: number, bytes: Buffer) => void, from: Buffer = random): Buffer {
  const bytes = Buffer.from(from);
  for (let at = 0; at < page; at += every) change(at, bytes);
  return bytes;
}

/** Small numbers of four bytes, two of them zero, as many programs have. */
function counters(start: number): Buffer {
  const bytes = Buffer.alloc(page);
  for (let at = 0; at < page; at += 4) bytes.writeUInt32LE(start + at * 7, at);
  return bytes;
}

test.each([
  ['itself', random, random],
  ['one with a field changed in each struct of 64 bytes', random, changed(64, (at, bytes) => bytes.writeDoubleLE(Math.SQRT2 * at, at))],
  ['one with a field changed in each struct of 16 bytes', random, changed(16, (at, bytes) => bytes.writeUInt32LE(at * 77 + 1, at + 8))],
  ['one of which an eighth was rewritten', random, Buffer.concat([random.subarray(0, 3584), patternBytes(512, 2)])],
])('a page is much like %s', (_what, one, other) => {
  expect(areAlike(one, 0, other, 0)).toBe(true);
});

test.each([
  ['random bytes and others', random, patternBytes(page, 2)],
  ['a page and zeros', random, Buffer.alloc(page)],
  ['numbers and others, which have their zero bytes in common', counters(1000), counters(30_000)],
  ['zeros and a page', Buffer.alloc(page), random],
])('%s have little in common', (_what, one, other) => {
  expect(areAlike(one, 0, other, 0)).toBe(false);
});

test('the pages are those at the offsets', () => {
  const two = Buffer.concat([patternBytes(page, 2), random]);
  expect(areAlike(two, page, random, 0)).toBe(true);
  expect(areAlike(random, 0, two, 0)).toBe(false);
});
