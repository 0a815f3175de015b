import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeUnforkedAreas } from '../../src/images/unforked-areas.js';
import { commonRuns, withoutRuns } from '../../src/twin/page-runs.js';
import { copyUnforked } from '../../src/twin/unforked.js';
import { image, magics, message } from '../images/image-bytes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-unforked-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const area = (start: number, end: number, advice?: bigint, status = 1): Buffer =>
  message([14, message([1, start], [2, end], [7, status], ...(advice === undefined ? [] : [[9, advice] as const]))]);
const mm = (...areas: readonly Buffer[]): Buffer => image(magics.mm, Buffer.concat([message([1, 4096]), ...areas]));

test('areas are found by what was advised of them, among other advice', () => {
  const bytes = mm(
    area(0x1000, 0x3000),
    area(0x4000, 0x5000, 1n << 10n),
    area(0x6000, 0x7000, 1n << 14n),
    area(0x8000, 0xa000, (1n << 18n) | (1n << 1n)),
    area(0xb000, 0xd000, undefined, 1 << 3),
  );
  expect(decodeUnforkedAreas(bytes, 'mm-6.img')).toEqual({
    advised: [
      { firstPage: 4, pageCount: 1 },
      { firstPage: 8, pageCount: 2 },
    ],
    kernelCode: [{ firstPage: 11, pageCount: 2 }],
  });
  expect(() => decodeUnforkedAreas(mm(area(0x1000, 0x1000, 1n << 10n)), 'mm-6.img')).toThrow(expect.objectContaining({ kind: 'corrupt' }));
});

test.each([
  [[[1, 4]], [[2, 1]], [[2, 1]]],
  [
    [[1, 4]],
    [
      [0, 3],
      [4, 9],
    ],
    [
      [1, 2],
      [4, 1],
    ],
  ],
  [
    [
      [1, 2],
      [5, 2],
      [9, 1],
    ],
    [[2, 5]],
    [
      [2, 1],
      [5, 2],
    ],
  ],
  [[[1, 2]], [[3, 2]], []],
  [[[4, 2]], [[1, 2]], []],
] as const)('of %j and %j there is %j in both', (left, right, both) => {
  const runs = (pairs: readonly (readonly [number, number])[]): { firstPage: number; pageCount: number }[] =>
    pairs.map(([firstPage, pageCount]) => ({ firstPage, pageCount }));
  expect(commonRuns(runs(left), runs(right))).toEqual(runs(both));
});

test('runs without others are what is in the first alone', () => {
  const numbers = (runs: readonly { readonly firstPage: number; readonly pageCount: number }[]): readonly number[] =>
    runs.flatMap(({ firstPage, pageCount }) => Array.from({ length: pageCount }, (_, at) => firstPage + at));
  const ofBits = (bits: number): { firstPage: number; pageCount: number }[] =>
    Array.from({ length: 8 }, (_, at) => at)
      .filter((at) => (bits & (1 << at)) !== 0)
      .map((firstPage) => ({ firstPage, pageCount: 1 }));
  const joined = [
    { firstPage: 0, pageCount: 3 },
    { firstPage: 4, pageCount: 4 },
  ];
  for (let bits = 0; bits < 256; bits += 1)
    expect(numbers(withoutRuns(joined, ofBits(bits)))).toEqual([0, 1, 2, 4, 5, 6, 7].filter((page) => (bits & (1 << page)) === 0));
  expect(withoutRuns(joined, [{ firstPage: 2, pageCount: 3 }])).toEqual([
    { firstPage: 0, pageCount: 2 },
    { firstPage: 5, pageCount: 3 },
  ]);
});

test('an area that is copied in several pieces is copied in their order', async () => {
  const pages = 2500;
  const source = `import ctypes, mmap, struct, sys
m = mmap.mmap(-1, ${pages} * 4096)
for n in range(${pages}): m[n * 4096:n * 4096 + 8] = struct.pack("<Q", n)
print(ctypes.addressof(ctypes.c_char.from_buffer(m)), flush=True)
sys.stdin.read()`;
  const child = spawn('python3', ['-c', source], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const address = Number(await new Promise((resolve) => child.stdout.once('data', (text: Buffer) => resolve(text.toString()))));
    writeFileSync(join(folder, 'mm-6.img'), mm(area(address, address + pages * 4096, 1n << 10n)));
    writeFileSync(join(folder, 'pagemap-6.img'), image(magics.pagemap, message([1, 1]), message([1, address], [2, pages], [4, 2])));
    await copyUnforked(folder, 6, child.pid ?? 0, join(folder, 'copy'));
    const copy = readFileSync(join(folder, 'copy'));
    expect(copy).toHaveLength(pages * 4096);
    expect(Array.from({ length: pages }, (_, page) => Number(copy.readBigUInt64LE(page * 4096)))).toEqual(
      Array.from({ length: pages }, (_, page) => page),
    );
  } finally {
    child.stdin.end();
  }
});

test('what was left out of such areas is copied from the process, and nothing else', async () => {
  const source = `import ctypes, mmap, sys
m = mmap.mmap(-1, 8 * 4096)
for n in range(8): m[n * 4096:(n + 1) * 4096] = bytes([n + 1]) * 4096
print(ctypes.addressof(ctypes.c_char.from_buffer(m)), flush=True)
sys.stdin.read()`;
  const child = spawn('python3', ['-c', source], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const address = Number(await new Promise((resolve) => child.stdout.once('data', (text: Buffer) => resolve(text.toString()))));
    writeFileSync(join(folder, 'mm-6.img'), mm(area(address, address + 4 * 4096, 1n << 10n)));
    const entries = [
      message([1, address + 4096], [2, 2], [4, 2]),
      message([1, address + 3 * 4096], [2, 1], [4, 4]),
      message([1, address + 5 * 4096], [2, 1], [4, 2]),
    ];
    writeFileSync(join(folder, 'pagemap-6.img'), image(magics.pagemap, message([1, 1]), ...entries));
    const copy = await copyUnforked(folder, 6, child.pid ?? 0, join(folder, 'copy'));
    expect(copy).toEqual({ path: join(folder, 'copy'), extents: [{ firstPage: address / 4096 + 1, pageCount: 2, sourceOffset: 0 }] });
    expect(readFileSync(join(folder, 'copy'))).toEqual(Buffer.concat([Buffer.alloc(4096, 2), Buffer.alloc(4096, 3)]));
    // A covered dump leaves out the kernel's code pages, too, where the twin has code of ours.
    writeFileSync(join(folder, 'mm-6.img'), mm(area(address, address + 4096, 1n << 10n), area(address + 6 * 4096, address + 7 * 4096, undefined, 8)));
    writeFileSync(join(folder, 'pagemap-6.img'), image(magics.pagemap, message([1, 1]), message([1, address], [2, 8], [4, 1])));
    const ofCovered = await copyUnforked(folder, 6, child.pid ?? 0, join(folder, 'copy-2'), { covered: true });
    expect(ofCovered?.extents).toEqual([
      { firstPage: address / 4096, pageCount: 1, sourceOffset: 0 },
      { firstPage: address / 4096 + 6, pageCount: 1, sourceOffset: 4096 },
    ]);
    expect(readFileSync(join(folder, 'copy-2'))).toEqual(Buffer.concat([Buffer.alloc(4096, 1), Buffer.alloc(4096, 7)]));
  } finally {
    child.stdin.end();
  }
});
