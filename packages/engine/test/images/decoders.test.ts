import { expect, test } from 'vitest';
import { decodeDumpStats } from '../../src/images/dump-stats.js';
import { assertImageName, isImageName } from '../../src/images/image-names.js';
import { decodeMemfds } from '../../src/images/memfds.js';
import { decodeAddressSpace } from '../../src/images/mm.js';
import { decodePagemap } from '../../src/images/pagemap.js';
import { decodeProcessTree } from '../../src/images/process-tree.js';
import { type Field, image, magics, message } from './image-bytes.js';

const corrupt: unknown = expect.objectContaining({ kind: 'corrupt' });
const [shared, systemV, memfd, privateFile] = [1 << 8, 1 << 10, 1 << 14, 1 << 6];
const area = (start: number | bigint, end: number | bigint, offset: number, id: number | bigint, status: number): Field => [
  14,
  [
    [1, start],
    [2, end],
    [3, offset],
    [4, id],
    [5, 3],
    [6, 1],
    [7, status],
    [8, 1],
  ],
];
const started: readonly Field[] = [
  [1, 0x5555_0000_0000],
  [2, 0x5555_0001_0000],
  [3, 0x5555_0002_0000],
  [4, 0x5555_0003_0000],
  [5, 0x7ffd_1111_1110],
  [6, 0x5555_0100_0000],
  [7, 0x5555_0200_0000],
  [8, 0x7ffd_1111_2000],
  [9, 0x7ffd_1111_2010],
  [10, 0x7ffd_1111_2010],
  [11, 0x7ffd_1111_2fff],
];

test('an address space tells its program, and of its areas those that are shared', () => {
  const bytes = image(
    magics.mm,
    message(
      ...started,
      area(0x5555_0000_0000, 0x5555_0001_0000, 0, 7, 1 | privateFile),
      area(0x7f00_0000_0000, 0x7f00_0010_0000, 0, 1234, 1 | shared),
      area(0x7f00_0020_0000, 0x7f00_0030_0000, 0x8000, 5, 1 | memfd),
      area(0x7f00_0040_0000, 0x7f00_0050_0000, 0, 0, 1 | shared | systemV),
      area(0xffff_ffff_ff60_0000n, 0xffff_ffff_ff60_1000n, 0, 0, 4),
    ),
  );
  expect(decodeAddressSpace(bytes, 'mm-1.img')).toEqual({
    program: '555500000000-555500020000-7ffd11111110-555501000000-7ffd11112000-7ffd11112fff',
    sharedAreas: [
      { kind: 'memory', sharedId: 1234, base: 0x7f00_0000_0000 },
      { kind: 'memfd', sharedId: 5, base: 0x7f00_0020_0000 - 0x8000 },
    ],
  });
});

test('a heap that grew and names that got longer do not make another program', () => {
  const grown = started.map(([field, value]): Field => [field, field === 7 ? 0x5555_0900_0000 : value]);
  const program = (...fields: readonly Field[]): string => decodeAddressSpace(image(magics.mm, message(...fields)), 'mm-1.img').program;
  expect(program(...grown)).toBe(program(...started));
  expect(program(...started.map(([field, value]): Field => [field, field === 5 ? 0x7ffd_2222_1110 : value]))).not.toBe(program(...started));
});

test.each([
  ['without a message', image(magics.mm)],
  ['with an area that ends before it begins', image(magics.mm, message(area(8192, 4096, 0, 1, shared)))],
  ['with an area that begins nowhere', image(magics.mm, message([14, [[7, shared]]]))],
  ['with a segment whose id a double does not hold', image(magics.mm, message(area(4096, 8192, 0, 2n ** 64n - 1n, shared)))],
  ['cut in an area', image(magics.mm, message([14, message([1, 4096]).subarray(0, -1)]))],
])('an address space %s is refused', (_, bytes) => {
  expect(() => decodeAddressSpace(bytes, 'mm-1.img')).toThrow(corrupt);
});

test('a process tree tells pids and parents; one without a pid is refused', () => {
  const bytes = image(magics.tree, message([1, 1], [2, 0], [3, 1], [4, 1], [5, 1]), message([1, 6], [2, 1], [3, 6], [4, 6], [5, 6], [5, 7]));
  expect(decodeProcessTree(bytes, 'pstree.img')).toEqual([
    { pid: 1, parentPid: 0, threads: [1] },
    { pid: 6, parentPid: 1, threads: [6, 7] },
  ]);
  expect(() => decodeProcessTree(image(magics.tree, message([2, 1])), 'pstree.img')).toThrow(corrupt);
});

test('files of memory are found by the ids of open files', () => {
  const inodes = image(magics.memfds, message([1, 'a\xff'], [5, 900], [7, 1]), message([1, 'b'], [5, 901], [7, 2]));
  const open: Field = [
    20,
    [
      [1, 44],
      [5, 2],
    ],
  ];
  const files = image(magics.files, message([1, 1], [2, 43], [3, [[1, 43]]]), message([1, 18], [2, 44], open));
  expect(decodeMemfds(files, inodes)).toEqual({
    segmentOfFile: new Map([[44, 901]]),
    segments: [
      { id: 900, name: 'a\xff' },
      { id: 901, name: 'b' },
    ],
  });
  expect(() => decodeMemfds(files, image(magics.memfds))).toThrow(corrupt);
  expect(() => decodeMemfds(files, image(magics.memfds, message([1, 'b'])))).toThrow(corrupt);
});

test('4,000 altered images are decoded or refused, and nothing else happens', () => {
  const mm = image(magics.mm, message(...started, area(0x7f00_0000_0000, 0x7f00_0010_0000, 0, 1234, shared)));
  const tree = image(magics.tree, message([1, 6], [2, 1], [5, 6]), message([1, 7], [2, 6], [5, 7]));
  const map = image(magics.pagemap, message([1, 3]), message([1, 4096], [2, 1], [4, 4], [5, 1]), message([1, 0x7fff_1234_5000], [2, 5], [4, 4]));
  const inodes = image(magics.memfds, message([1, 'a'], [5, 900], [7, 1]));
  const decoders: readonly (readonly [Buffer, (bytes: Buffer) => unknown])[] = [
    [mm, (bytes) => decodeAddressSpace(bytes, 'mm-1.img')],
    [tree, (bytes) => decodeProcessTree(bytes, 'pstree.img')],
    [map, (bytes) => decodePagemap(bytes, 'pagemap-1.img')],
    [inodes, (bytes) => decodeMemfds(image(magics.files), bytes)],
  ];
  let state = 99;
  const draw = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  let refused = 0;
  for (let round = 0; round < 4000; round += 1) {
    const [whole, decode] = decoders[round % decoders.length] ?? [Buffer.alloc(0), () => undefined];
    const altered = Buffer.from(whole.subarray(0, draw(4) === 0 ? draw(whole.length) : whole.length));
    for (let count = draw(4); count > 0 && altered.length > 0; count -= 1)
      altered[draw(altered.length)] = [0, 1, 0x7f, 0x80, 0xff, draw(256)][draw(6)] ?? 0;
    try {
      decode(altered);
    } catch (error) {
      expect(error).toMatchObject({ kind: 'corrupt' });
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(1000);
});

test('statistics of something else are no error', () => {
  expect(decodeDumpStats(Uint8Array.from([0x40, 0x59, 0x10, 0x55, 0x06, 0x33, 0x09, 0x57, 0, 0, 0, 0]))).toBeUndefined();
});

test.each(['../x', 'a/b', '', '.hidden', 'a..b', 'x\0y', 'x\n', 'a'.repeat(300)])('%j is no image', (name) => {
  expect(isImageName(name)).toBe(false);
  expect(() => assertImageName(name)).toThrow(expect.objectContaining({ code: 'HF_MANIFEST_CORRUPT' }));
});
