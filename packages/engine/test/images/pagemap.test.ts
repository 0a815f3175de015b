import { expect, test } from 'vitest';
import { decodePagemap, presentRuns } from '../../src/images/pagemap.js';
import { image, magics, message } from './image-bytes.js';

const head = message([1, 3]);
const pagemap = (...messages: readonly Uint8Array[]): Buffer => image(magics.pagemap, ...messages);
const address = 0x7fff_1234_5000;
const corrupt: unknown = expect.objectContaining({ kind: 'corrupt' });

test('reads addresses, counts of both kinds, and what is present', () => {
  const bytes = pagemap(
    head,
    message([1, 4096], [2, 1]),
    message([1, address], [2, 5], [4, 4]),
    message([1, address + 0x9000], [2, 2], [4, 2], [5, 70_000]),
    message([1, address + 80_000 * 4096], [2, 1], [4, 6]),
  );
  expect(decodePagemap(bytes, 'pagemap-1.img')).toEqual({
    pagesId: 3,
    entries: [
      { firstPage: 1, pageCount: 1, present: true, lazy: false },
      { firstPage: address / 4096, pageCount: 5, present: true, lazy: false },
      { firstPage: address / 4096 + 9, pageCount: 70_000, present: false, lazy: true },
      { firstPage: address / 4096 + 80_000, pageCount: 1, present: true, lazy: true },
    ],
  });
});

test('reads addresses up to the top of the address space exactly, that of the vsyscall page among them', () => {
  const vsyscall = 0xffff_ffff_ff60_0000n;
  const bytes = pagemap(head, message([1, vsyscall], [2, 1], [4, 4]), message([1, 0xffff_ffff_ffff_f000n], [2, 1], [4, 4]));
  expect(decodePagemap(bytes, 'pagemap-1.img').entries.map(({ firstPage }) => BigInt(firstPage))).toEqual([vsyscall / 4096n, 2n ** 52n - 1n]);
});

test('runs that touch become one where both are present', () => {
  const entries = [
    { firstPage: 1, pageCount: 2, present: true, lazy: false },
    { firstPage: 3, pageCount: 4, present: true, lazy: true },
    { firstPage: 7, pageCount: 1, present: false, lazy: true },
    { firstPage: 8, pageCount: 1, present: true, lazy: true },
  ];
  expect(presentRuns(entries)).toEqual([
    { firstPage: 1, pageCount: 6 },
    { firstPage: 8, pageCount: 1 },
  ]);
});

test.each([
  ['another kind of file', image(0x01020304, head)],
  ['an empty file', Buffer.alloc(0)],
  ['no head', pagemap()],
  ['a head with an id that no image has', pagemap(message([1, 2n ** 64n - 1n]))],
  ['an end within a message', pagemap(head, message([1, address], [2, 5])).subarray(0, -1)],
  ['an end within a length', Buffer.concat([pagemap(head), Buffer.from([9, 0])])],
  ['a length beyond all bytes', Buffer.concat([pagemap(head), Buffer.alloc(4, 255)])],
  ['pages of an earlier dump', pagemap(head, message([1, address], [2, 5], [4, 1]))],
  ['an address within a page', pagemap(head, message([1, 5], [2, 5]))],
  ['an address within a page that a double rounds to its begin', pagemap(head, message([1, 0xffff_ffff_ff60_0001n], [2, 1]))],
  ['no address', pagemap(head, message([2, 5]))],
  ['no pages', pagemap(head, message([1, address]))],
  ['pages beyond the top of the address space', pagemap(head, message([1, 0xffff_ffff_ffff_f000n], [2, 2]))],
  ['more pages than there can be', pagemap(head, message([1, 0], [2, 1], [5, 2n ** 64n - 1n]))],
  ['more pages than there can be, in a round number', pagemap(head, message([1, 0], [2, 1], [5, 2n ** 63n]))],
  ['a page that comes twice', pagemap(head, message([1, address], [2, 5]), message([1, address + 0x4000], [2, 1]))],
  ['pages that are not in order', pagemap(head, message([1, address], [2, 1]), message([1, address - 0x4000], [2, 1]))],
  ['a field that does not end', pagemap(head, Buffer.from([8, 255]))],
  ['a varint of eleven bytes', pagemap(head, Buffer.concat([Buffer.from([8]), Buffer.alloc(10, 255), Buffer.from([1])]))],
  ['nested groups without an end', pagemap(head, Buffer.alloc(100_000, 0x0b))],
])('refuses %s', (_, bytes) => {
  expect(() => decodePagemap(bytes, 'pagemap-1.img')).toThrow(corrupt);
});
