import { expect, test } from 'vitest';
import { compareForRestore, type Entries } from '../../src/files/restore-compare.js';
import { type Barriers, planRestore, type RestorePlan } from '../../src/files/restore-plan.js';
import type { TreeBarrier, TreeEntry } from '../../src/files/tree-entry.js';
import { entry } from './entry.js';

function tree(...entries: readonly Partial<TreeEntry>[]): Entries {
  return new Map(entries.map((fields) => [fields.path ?? '', entry(fields)]));
}

const root = { path: '', type: 'd' } as const;
const folder = { path: 'd', type: 'd' } as const;
const mount = (path: string): TreeBarrier => ({ path, reason: 'm', isDirectory: true });

interface Given {
  readonly wanted: readonly Entries[];
  readonly disk: readonly Entries[];
  readonly barriers?: readonly Partial<Barriers>[];
  readonly devices?: readonly bigint[];
  /** Of the first root. */
  readonly held?: readonly string[];
  /** Of every candidate, or of none. */
  readonly equal?: boolean;
}

function plan({ wanted, disk, barriers = [], devices = wanted.map(() => 1n), held = [], equal = true }: Given): RestorePlan {
  const comparison = compareForRestore(wanted, disk, devices);
  const matching = new Set(equal ? comparison.candidates.map((candidate) => candidate.entry) : []);
  return planRestore(comparison, matching, {
    barriers: wanted.map((_, index) => ({ recorded: [], present: [], ...barriers[index] })),
    held: [new Set(held)],
  });
}

test('a folder that is not in the snapshot is moved as one', () => {
  const { moveAside } = plan({
    wanted: [tree(root)],
    disk: [tree(root, folder, { path: 'd-x' }, { path: 'd/a' }, { path: 'd/b', type: 'd' }, { path: 'd/b/c' })],
  });
  expect(moveAside).toEqual([
    { root: 0, path: 'd' },
    { root: 0, path: 'd-x' },
  ]);
});

test('a folder above a mount stays, and what else it holds is moved', () => {
  const disk = [tree(root, folder, { path: 'd/a' }, { path: 'd/m', type: 'd' })];
  expect(plan({ wanted: [tree(root)], disk, barriers: [{ present: [mount('d/m/n')] }] }).moveAside).toEqual([{ root: 0, path: 'd/a' }]);
});

test('a mount in the place of something of the snapshot refuses the restore', () => {
  const refused = expect.objectContaining({ code: 'HF_RESTORE_REFUSED', message: expect.stringContaining('d') as unknown }) as Error;
  expect(() => plan({ wanted: [tree(root, folder)], disk: [tree(root)], barriers: [{ present: [mount('d')] }] })).toThrow(refused);
  const file = { path: 'd', type: 'f' } as const;
  expect(() => plan({ wanted: [tree(root, file)], disk: [tree(root, folder)], barriers: [{ present: [mount('d/m')] }] })).toThrow(refused);
});

test('what lies where the snapshot had a mount is left alone', () => {
  const disk = [tree(root, folder, { path: 'd/m', type: 'd' }, { path: 'd/m/x' })];
  expect(plan({ wanted: [tree(root, folder)], disk, barriers: [{ recorded: [mount('d/m')] }] }).moveAside).toEqual([]);
});

test('hard links that are the snapshot’s stay; others are made anew, all of them', () => {
  const linked = [tree(root, { path: 'a', nlink: 2, ino: 5n }, { path: 'b', nlink: 2, ino: 5n })];
  expect(plan({ wanted: linked, disk: linked })).toMatchObject({ moveAside: [], keptFiles: 2 });
  const separate = [tree(root, { path: 'a', ino: 6n }, { path: 'b', ino: 7n })];
  expect(plan({ wanted: linked, disk: separate })).toMatchObject({
    moveAside: [{ path: 'a' }, { path: 'b' }],
    contents: [{ entry: { path: 'a' } }],
    hardLinks: [{ from: { path: 'a' }, to: { path: 'b' } }],
  });
  expect(plan({ wanted: separate, disk: linked })).toMatchObject({ moveAside: [{ path: 'a' }, { path: 'b' }], hardLinks: [], keptFiles: 0 });
});

test('names that are linked to others than in the snapshot are made anew', () => {
  const wanted = [tree(root, { path: 'a', nlink: 2, ino: 5n }, { path: 'b', nlink: 2, ino: 5n }, { path: 'c', ino: 6n })];
  const disk = [tree(root, { path: 'a', nlink: 2, ino: 5n }, { path: 'b', ino: 6n }, { path: 'c', nlink: 2, ino: 5n })];
  expect(plan({ wanted, disk })).toMatchObject({ moveAside: [{ path: 'a' }, { path: 'b' }, { path: 'c' }], keptFiles: 0 });
  const larger = [tree(root, { path: 'a', nlink: 3, ino: 5n }, { path: 'b', nlink: 3, ino: 5n }, { path: 'c', nlink: 3, ino: 5n })];
  expect(plan({ wanted, disk: larger })).toMatchObject({ moveAside: [{ path: 'a' }, { path: 'b' }, { path: 'c' }] });
});

test('a link to something outside the roots does not matter', () => {
  const outside = [tree(root, { path: 'a', nlink: 2 })];
  expect(plan({ wanted: outside, disk: [tree(root, { path: 'a' })] })).toMatchObject({ moveAside: [], keptFiles: 1 });
});

test('hard links between two roots come back as links on one file system, else as two files', () => {
  const wanted = [tree(root, { path: 'a', nlink: 2, ino: 5n }), tree(root, { path: 'z', nlink: 2, ino: 5n })];
  const disk = [tree(root), tree(root)];
  expect(plan({ wanted, disk, devices: [1n, 1n] })).toMatchObject({
    contents: [{ root: 0 }],
    hardLinks: [{ from: { root: 0, path: 'a' }, to: { root: 1, path: 'z' } }],
  });
  expect(plan({ wanted, disk, devices: [1n, 2n] })).toMatchObject({ contents: [{ root: 0 }, { root: 1 }], hardLinks: [] });
});

test('a file that the job had open keeps its inode number, and only then', () => {
  const a = { path: 'a', ino: 5n };
  const of = (disk: Partial<TreeEntry>, held = ['a']): RestorePlan =>
    plan({ wanted: [tree(root, a)], disk: [tree(root, { ...a, ...disk })], held, equal: false });
  const overwritten = { moveAside: [], contents: [{ entry: { path: 'a' }, keptLinks: 1 }], keptFiles: 0 };
  const replaced = { moveAside: [{ path: 'a' }], contents: [{ entry: { path: 'a' }, keptLinks: undefined }] };
  expect(of({})).toMatchObject(overwritten);
  expect(of({ sizeBytes: 7 })).toMatchObject(overwritten);
  expect(of({}, ['b'])).toMatchObject(replaced);
  expect(of({ ino: 6n })).toMatchObject(replaced);
  // Who made the other link would see another content in it.
  expect(of({ nlink: 2 })).toMatchObject(replaced);
  expect(of({ type: 'p' })).toMatchObject(replaced);
});

test('an open file of several names is overwritten once', () => {
  const linked = [tree(root, { path: 'a', nlink: 2, ino: 5n }, { path: 'b', nlink: 2, ino: 5n })];
  expect(plan({ wanted: linked, disk: linked, held: ['b'], equal: false })).toMatchObject({
    moveAside: [],
    contents: [{ entry: { path: 'a' }, keptLinks: 2 }],
    hardLinks: [],
  });
  const more = [tree(root, { path: 'a', nlink: 3, ino: 5n }, { path: 'b', nlink: 3, ino: 5n }, { path: 'c', nlink: 3, ino: 5n })];
  expect(plan({ wanted: linked, disk: more, held: ['b'], equal: false })).toMatchObject({ moveAside: [{ path: 'a' }, { path: 'b' }, { path: 'c' }] });
  const others = [tree(root, { path: 'a', nlink: 2, ino: 5n }, { path: 'b', ino: 6n }, { path: 'c', nlink: 2, ino: 5n })];
  expect(plan({ wanted: linked, disk: others, held: ['a'], equal: false })).toMatchObject({
    moveAside: [{ path: 'a' }, { path: 'b' }, { path: 'c' }],
    contents: [{ keptLinks: undefined }],
  });
});
