import { expect, test } from 'vitest';
import { packedBytes, sparseMap } from '../../src/archive/sparse-map.js';

const run = (firstPage: number, pageCount: number): { firstPage: number; pageCount: number } => ({ firstPage, pageCount });

test.each<[string, number, ReturnType<typeof run>[], number, string | undefined]>([
  ['a file without holes', 5000, [run(0, 2)], 5000, undefined],
  ['an empty file', 0, [], 0, undefined],
  ['a hole at the beginning', 5000, [run(1, 1)], 904, '1\n4096\n904\n'],
  ['a hole in the middle', 12_289, [run(0, 1), run(2, 2)], 4096 + 4097, '2\n0\n4096\n8192\n4097\n'],
  ['a hole at the end', 9000, [run(0, 1)], 4096, '2\n0\n4096\n9000\n0\n'],
  ['nothing but a hole', 70_000, [], 0, '1\n70000\n0\n'],
])('%s', (_what, sizeBytes, runs, packed, text) => {
  expect(packedBytes({ kind: 'file', sizeBytes, runs })).toBe(packed);
  const map = sparseMap(sizeBytes, runs);
  expect(map?.toString('latin1').replace(/\0+$/u, '')).toBe(text);
  expect((map?.length ?? 0) % 512).toBe(0);
});

test('memory is whole pages', () => expect(packedBytes({ kind: 'memory', sizeBytes: 8192, runs: [run(9, 2)] })).toBe(8192));
