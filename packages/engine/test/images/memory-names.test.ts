import { expect, test } from 'vitest';
import { type MappedProcess, nameMemory } from '../../src/images/memory-names.js';
import type { SharedArea } from '../../src/images/mm.js';

const noMemfds = { segmentOfFile: new Map<number, number>(), segments: [] };
const process = (pid: number, parentPid: number, program = 'init', sharedAreas: readonly SharedArea[] = []): MappedProcess => ({
  pid,
  parentPid,
  space: { program, sharedAreas },
});
const mapped = (sharedId: number, base: number): SharedArea => ({ kind: 'memory', sharedId, base });
const keys = (...given: Parameters<typeof nameMemory>): readonly (readonly [string, string])[] =>
  nameMemory(...given).map(({ pagemapName, key }) => [pagemapName, key] as const);

test('a process is like the nearest ancestor that runs the same program, and put after it', () => {
  const tree = [process(1, 0), process(20, 1, 'a'), process(10, 20, 'b'), process(9, 10, 'a'), process(8, 9, 'a'), process(30, 20, 'a')];
  const names = nameMemory(
    [1, 8, 9, 10, 20, 30].map((pid) => `pagemap-${pid}.img`),
    tree,
    noMemfds,
  );
  expect(names.map(({ key, like }) => [key, like])).toEqual([
    ['memory/1', undefined],
    ['memory/20', undefined],
    ['memory/10', undefined],
    ['memory/9', 'memory/20'],
    ['memory/8', 'memory/9'],
    ['memory/30', 'memory/20'],
  ]);
});

test('one whose parent is gone is like the first process of the same program', () => {
  const names = nameMemory(['pagemap-7.img', 'pagemap-5.img'], [process(1, 0), process(7, 1, 'a'), process(5, 1, 'a')], noMemfds);
  expect(names.map(({ key, like }) => [key, like])).toEqual([
    ['memory/7', undefined],
    ['memory/5', 'memory/7'],
  ]);
});

test('processes without memory, and trees that lead round in a circle, have no origin that comes after them', () => {
  const tree = [process(7, 5, 'a'), process(5, 7, 'a'), process(7, 5, 'a'), { pid: 4, parentPid: 5, space: undefined }, process(3, 4, 'a')];
  const names = nameMemory(['pagemap-3.img', 'pagemap-5.img', 'pagemap-7.img'], tree, noMemfds);
  const order = names.map(({ key }) => key);
  expect(order).toEqual(['memory/7', 'memory/5', 'memory/3']);
  for (const { key, like } of names) if (like !== undefined) expect(order.indexOf(like)).toBeLessThan(order.indexOf(key));
});

test('a segment has the same key whatever its id, by the first mapping of the first process', () => {
  const tree = (id: number): readonly MappedProcess[] => [
    process(9, 1, 'a', [mapped(id, 0x5000)]),
    process(6, 1, 'a', [mapped(id, 0x1000), mapped(id, 0x7000), mapped(id, 0x2000)]),
  ];
  expect(keys(['pagemap-shmem-77.img'], tree(77), noMemfds)).toEqual([['pagemap-shmem-77.img', 'memory/shared-6-7000']]);
  expect(keys(['pagemap-shmem-1.img'], tree(1), noMemfds)).toEqual([['pagemap-shmem-1.img', 'memory/shared-6-7000']]);
});

test('a file of memory is named by its mapping, else by its name and order; other segments as CRIU names them', () => {
  const memfds = {
    segmentOfFile: new Map([[40, 902]]),
    segments: [
      { id: 900, name: 'x' },
      { id: 901, name: 'y' },
      { id: 902, name: 'x' },
      { id: 903, name: 'x' },
    ],
  };
  const areas: readonly SharedArea[] = [
    { kind: 'memfd', sharedId: 40, base: -0x3000 },
    { kind: 'memfd', sharedId: 41, base: 0x1000 },
  ];
  const maps = [900, 901, 902, 903, 5].map((id) => `pagemap-shmem-${id}.img`);
  expect(new Map(keys(maps, [process(6, 1, 'a', areas)], memfds))).toEqual(
    new Map([
      ['pagemap-shmem-902.img', 'memory/shared-6--3000'],
      ['pagemap-shmem-900.img', 'memory/memfd-0-x'],
      ['pagemap-shmem-901.img', 'memory/memfd-0-y'],
      ['pagemap-shmem-903.img', 'memory/memfd-2-x'],
      ['pagemap-shmem-5.img', 'memory/shmem-5'],
    ]),
  );
});

test('every page map gets one key, and no two the same', () => {
  const areas = [mapped(1, 0x1000), mapped(2, 0x1000), mapped(3, 0x1000)];
  const maps = ['pagemap-6.img', 'pagemap-99.img', 'pagemap-shmem-1.img', 'pagemap-shmem-2.img', 'pagemap-shmem-3.img', 'pagemap-shmem-4.img'];
  const names = nameMemory(maps, [process(6, 1, 'a', areas)], noMemfds);
  expect(names.map(({ pagemapName }) => pagemapName).sort()).toEqual([...maps].sort());
  expect(new Set(names.map(({ key }) => key)).size).toBe(maps.length);
});
