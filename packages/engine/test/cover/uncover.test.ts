import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { uncover } from '../../src/cover/uncover.js';
import { decodePagemap } from '../../src/images/pagemap.js';
import { image, magics, message } from '../images/image-bytes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-uncover-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const coreMagic = 0x55053847;
const [inParent, anonymousPrivate] = [1, 0x22];

function write(name: string, bytes: Uint8Array): void {
  writeFileSync(join(folder, name), bytes);
}

/** A process with ten pages, all in the parent, and a thread with each of these stack pointers. */
function addProcess(pid: number, stackPointers: readonly number[]): Buffer {
  const threads = stackPointers.map((_, at) => pid + at);
  for (const [at, thread] of threads.entries()) write(`core-${thread}.img`, image(coreMagic, message([2, [[2, [[20, stackPointers[at] ?? 0]]]]])));
  write(
    `mm-${pid}.img`,
    image(
      magics.mm,
      message([
        14,
        [
          [1, 10 * 4096],
          [2, 20 * 4096],
          [6, anonymousPrivate],
        ],
      ]),
    ),
  );
  write(`pagemap-${pid}.img`, image(magics.pagemap, message([1, 1]), message([1, 10 * 4096], [2, 0], [4, inParent], [5, 10])));
  return message([1, pid], [2, 0], [3, pid], [4, pid], ...threads.map((thread) => [5, thread] as const));
}

function lazyPages(pid: number): number {
  const { entries } = decodePagemap(readFileSync(join(folder, `pagemap-${pid}.img`)), `pagemap-${pid}.img`);
  return entries.filter(({ lazy }) => lazy).reduce((sum, { pageCount }) => sum + pageCount, 0);
}

test('memory may come later but where the stack pointer of any thread lies at the beginning of a page', async () => {
  const processes = [
    addProcess(10, [0x7ff8, 0x9010]),
    addProcess(20, [0x8000, 0x9010]),
    addProcess(30, [0x7ff8, 0x9000]),
    addProcess(40, [1, 2, 0xa000]),
  ];
  // It has ended, and has neither memory nor threads.
  write('pstree.img', image(magics.tree, ...processes, message([1, 50], [2, 1], [3, 50], [4, 50])));
  symlinkSync('..', join(folder, 'parent'));
  await uncover(folder);
  expect([10, 20, 30, 40].map(lazyPages)).toEqual([10, 0, 0, 0]);
  expect(existsSync(join(folder, 'parent'))).toBe(false);
});

test('a process whose thread has no image is refused', async () => {
  write('pstree.img', image(magics.tree, addProcess(10, [1, 2])));
  rmSync(join(folder, 'core-11.img'));
  await expect(uncover(folder)).rejects.toMatchObject({ code: 'ENOENT' });
});
