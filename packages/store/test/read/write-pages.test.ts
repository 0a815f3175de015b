import { type FilledRun, chunkPages } from '@holdfast/core';
import { expect, test } from 'vitest';
import { type PageWriting, writePages } from '../../src/read/write-pages.js';

const pageBytes = 4096;

/** Pages whose first bytes are their number; of the third chunk on they are zeros. */
function memory(lacking: readonly number[] = []) {
  const asked: [number, number][] = [];
  const open = new Set<number>();
  const file = Buffer.alloc(40 * pageBytes, 0xff);
  let ahead = 0;
  const writing: Omit<PageWriting, 'runs'> = {
    buffer: Buffer.alloc(chunkPages * pageBytes),
    check: () => undefined,
    write: (bytes, position) => Promise.resolve(void bytes.copy(file, position)),
    chunk: (firstPage, pageCount) => {
      const id = asked.push([firstPage, pageCount]);
      open.add(id);
      return {
        ahead: () => (ahead += 1) > 0,
        fill: (target) => {
          const runs: FilledRun[] = [];
          for (let page = firstPage; page < firstPage + pageCount; page += 1) {
            if (lacking.includes(page)) continue;
            const offset = runs.length * pageBytes;
            target.fill(0, offset, offset + pageBytes).writeUInt32LE(page, offset);
            runs.push({ firstPage: page, pageCount: 1, offset: page < 2 * chunkPages ? offset : undefined });
          }
          return Promise.resolve(runs);
        },
        end: () => Promise.resolve(void open.delete(id)),
      };
    },
  };
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, page) => file.readUInt32LE(page * pageBytes));
  return { asked, open, writing, numbers, ahead: () => ahead };
}

const runs = [
  { firstPage: 3, pageCount: 2 },
  { firstPage: 9, pageCount: 1 },
  { firstPage: 40, pageCount: 1 },
  { firstPage: chunkPages - 1, pageCount: 3 },
  { firstPage: 2 * chunkPages + 5, pageCount: 2 },
];

test('what is wanted of one chunk is read at once, ahead, in whole windows, and lies back to back', async () => {
  const { asked, open, writing, numbers, ahead } = memory();
  expect(await writePages({ ...writing, runs })).toBe(9 * pageBytes);
  expect(numbers(9)).toEqual([3, 4, 9, 40, 255, 256, 257, 0, 0]);
  expect(asked).toEqual([
    [0, chunkPages],
    [chunkPages, 16],
    [2 * chunkPages, 16],
  ]);
  expect(ahead()).toBe(3);
  expect(open.size).toBe(0);
});

test('a page that is lacking is not counted', async () => {
  const { writing } = memory([9, 40]);
  expect(await writePages({ ...writing, runs })).toBe(7 * pageBytes);
});

test('whatever was begun ahead is let go where one fails', async () => {
  const { writing, open } = memory();
  await expect(writePages({ ...writing, runs, write: () => Promise.reject(new Error('full')) })).rejects.toThrow('full');
  expect(open.size).toBe(0);
});
