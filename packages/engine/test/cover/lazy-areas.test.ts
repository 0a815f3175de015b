import { expect, test } from 'vitest';
import { decodeLazyAreas } from '../../src/cover/lazy-areas.js';
import { decodeStackPointer } from '../../src/cover/stack-pointer.js';
import { image, magics, message } from '../images/image-bytes.js';

const corrupt: unknown = expect.objectContaining({ kind: 'corrupt' });
const own = 0x22;
const areas = (...each: readonly (readonly [flags: number, status: number])[]): Buffer =>
  image(
    magics.mm,
    message(
      [1, 4096],
      ...each.map(
        ([flags, status], at) =>
          [
            14,
            [
              [1, at * 8192],
              [2, at * 8192 + 4096],
              [6, flags],
              [7, status],
            ],
          ] as const,
      ),
    ),
  );

test('private anonymous memory may come later, but for locked and huge pages and what is the kernel’s', () => {
  const bytes = areas(
    [own, 1],
    [0x21, 1],
    [0x02, 1],
    [own | 0x2000, 1],
    [own | 0x40000, 1],
    [own, 1 << 3],
    [own, 1 << 12],
    [own, 1 << 2],
    [own | 0x100, 3],
  );
  expect(decodeLazyAreas(bytes, 'mm-6.img').map(({ firstPage }) => firstPage / 2)).toEqual([0, 8]);
  expect(() => decodeLazyAreas(image(magics.mm), 'mm-6.img')).toThrow(corrupt);
});

test('a thread’s stack pointer is read from its registers', () => {
  const core = (registers: Uint8Array): Buffer => image(0x55053847, message([1, 1], [2, message([1, 5], [2, registers])]));
  expect(decodeStackPointer(core(message([1, 9], [20, 0x7fff_1234_5678], [21, 43])), 'core-6.img')).toBe(0x7fff_1234_5678);
  expect(() => decodeStackPointer(core(message([1, 9])), 'core-6.img')).toThrow(corrupt);
});
