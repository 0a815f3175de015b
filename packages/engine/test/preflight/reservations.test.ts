import type { CheckpointReader } from '@holdfast/core';
import { expect, test } from 'vitest';
import { imageKey } from '../../src/images/memory-keys.js';
import { promisedBy, reservationObstacle } from '../../src/preflight/reservations.js';
import { image, magics, message } from '../images/image-bytes.js';

const gibibyte = 1024 ** 3;
const [own, noReserve, shared, hugetlb, write, vsyscall] = [0x22, 0x4000, 0x21, 0x40000, 2, 1 << 2];

/** Of a snapshot whose processes have these areas, on a machine that promises so much. */
function obstacle(
  processes: readonly (readonly (readonly [bytes: number, rights: number, flags: number, status?: number])[])[],
  [eachBytes, allBytes]: readonly [number, number],
): Promise<string | undefined> {
  const images = new Map(
    processes.map((areas, at) => {
      const fields = areas.map(
        ([bytes, rights, flags, status = 1]) =>
          [
            14,
            [
              [1, 0],
              [2, bytes],
              [5, rights],
              [6, flags],
              [7, status],
            ],
          ] as const,
      );
      return [imageKey(`mm-${at + 1}.img`), image(magics.mm, message([1, 4096], ...fields))] as const;
    }),
  );
  const objects = [...images.keys(), imageKey('core-1.img')].map((key) => ({ key }));
  const read = (key: string): Promise<Buffer> => Promise.resolve(images.get(key) ?? Buffer.alloc(0));
  return reservationObstacle({ objects, read } as unknown as CheckpointReader, () => Promise.resolve({ eachBytes, allBytes }));
}

test('addresses that are kept free, more of them in one piece than the machine promises, are in the way', async () => {
  const job = [[[gibibyte, 3, own]], [[8192 * gibibyte, 0, own]]] as const;
  expect(await obstacle(job, [24 * gibibyte, Number.POSITIVE_INFINITY])).toContain('8192.0 GiB of addresses free in one piece');
  expect(await obstacle(job, [8192 * gibibyte, Number.POSITIVE_INFINITY])).toBeUndefined();
});

test('where all is reckoned together, all that is kept free counts, over all processes', async () => {
  const job = [
    [
      [gibibyte, 0, own],
      [gibibyte, 1, 0x02],
    ],
    [[gibibyte, 0, own]],
  ] as const;
  expect(await obstacle(job, [2 * gibibyte, 2 * gibibyte])).toContain('3.0 GiB of addresses free in all');
  expect(await obstacle(job, [3 * gibibyte, 3 * gibibyte])).toBeUndefined();
});

test('what can be written to, is shared, huge, the kernel’s or asked for without a promise is not', async () => {
  const areas = [
    [gibibyte, write, own],
    [gibibyte, 0, shared],
    [gibibyte, 0, own | noReserve],
    [gibibyte, 0, own | hugetlb],
    [gibibyte, 0, own, vsyscall],
  ] as const;
  expect(await obstacle([areas], [0, 0])).toBeUndefined();
});

test.each([
  ['0', { eachBytes: 5 * 1024, allBytes: Number.POSITIVE_INFINITY }],
  ['1', { eachBytes: Number.POSITIVE_INFINITY, allBytes: Number.POSITIVE_INFINITY }],
  ['2', { eachBytes: 6 * 1024, allBytes: 6 * 1024 }],
])('what a machine promises with vm.overcommit_memory at %s', (overcommit, expected) => {
  const meminfo = 'MemTotal:       3 kB\nSwapTotal:      2 kB\nCommitLimit:    10 kB\nCommitted_AS:   4 kB\n';
  expect(promisedBy(meminfo, `${overcommit}\n`)).toEqual(expected);
});
