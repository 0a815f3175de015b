import { expect, test } from 'vitest';
import { TwinPages } from '../../src/twin/twin-pages.js';

const copy = {
  path: '/staging/unforked-6',
  extents: [
    { firstPage: 12, pageCount: 3, sourceOffset: 0 },
    { firstPage: 20, pageCount: 2, sourceOffset: 3 * 4096 },
  ],
};
const pages = new TwinPages([
  { imagePid: 6, twinPid: 4006, unforked: copy },
  { imagePid: 7, twinPid: 4007, unforked: undefined },
]);

test("what was left out is read from the twin, at the process's own addresses", () => {
  const space = pages.of('pagemap-7.img');
  expect(space.sources).toEqual([{ kind: 'path', path: '/proc/4007/mem' }]);
  expect(space.extentsOf({ firstPage: 12, pageCount: 3 })).toEqual([{ firstPage: 12, pageCount: 3, sourceOffset: 12 * 4096, sourceIndex: 1 }]);
});

test('what the twin has not is read from the copy that was made of it', () => {
  const space = pages.of('pagemap-6.img');
  expect(space.sources).toEqual([
    { kind: 'path', path: '/proc/4006/mem' },
    { kind: 'path', path: '/staging/unforked-6' },
  ]);
  expect(space.extentsOf({ firstPage: 10, pageCount: 11 })).toEqual([
    { firstPage: 10, pageCount: 2, sourceOffset: 10 * 4096, sourceIndex: 1 },
    { firstPage: 12, pageCount: 3, sourceOffset: 0, sourceIndex: 2 },
    { firstPage: 15, pageCount: 5, sourceOffset: 15 * 4096, sourceIndex: 1 },
    { firstPage: 20, pageCount: 1, sourceOffset: 3 * 4096, sourceIndex: 2 },
  ]);
  expect(space.extentsOf({ firstPage: 13, pageCount: 2 })).toEqual([{ firstPage: 13, pageCount: 2, sourceOffset: 4096, sourceIndex: 2 }]);
});

test.each(['pagemap-8.img', 'pagemap-shmem-6.img'])('refuses what was left out of %s, of which nobody has a copy', (name) => {
  expect(() => pages.of(name)).toThrow(expect.objectContaining({ code: 'HF_DUMP_FAILED' }));
});
