import { type LinkGroup, linkGroups, sameGroup } from './link-groups.js';
import type { TreeEntry } from './tree-entry.js';
import type { TreeTable } from './tree-table.js';

export type Entries = ReadonlyMap<string, TreeEntry>;

/** A file on disk that may already have its content: the same size, and the same hard links as in the snapshot. */
export interface Candidate {
  readonly root: number;
  readonly entry: TreeEntry;
}

export interface Comparison {
  readonly wanted: readonly Entries[];
  readonly disk: readonly Entries[];
  readonly wantedGroups: ReadonlyMap<TreeEntry, LinkGroup>;
  /** Regular files whose content decides; of hard links the first. */
  readonly candidates: readonly Candidate[];
  /** True where both have something at the path, under the same hard links. */
  readonly sameLinks: (root: number, path: string) => boolean;
  /** True where what is on disk at the path can stay, its content (of files) still to be compared. */
  readonly fits: (root: number, path: string) => boolean;
}

export function entriesOf(table: TreeTable): Entries {
  const entries = new Map<string, TreeEntry>();
  for (let index = 0; index < table.count; index += 1) entries.set(table.path(index), table.entry(index));
  return entries;
}

/** Compares what a snapshot has with what is on disk, without reading content. `devices`: the device of each root now. */
export function compareForRestore(wanted: readonly Entries[], disk: readonly Entries[], devices: readonly bigint[]): Comparison {
  const wantedGroups = linkGroups(wanted, (root) => String(devices[root]));
  const diskGroups = linkGroups(disk, () => '');
  const sameLinks = (root: number, path: string): boolean => {
    const want = wanted[root]?.get(path);
    const have = disk[root]?.get(path);
    return want !== undefined && have !== undefined && sameGroup(wantedGroups.get(want), diskGroups.get(have));
  };
  const fits = (root: number, path: string): boolean => {
    const want = wanted[root]?.get(path);
    const have = disk[root]?.get(path);
    return want !== undefined && have !== undefined && sameKind(want, have) && sameLinks(root, path);
  };
  const candidates: Candidate[] = [];
  for (const [root, entries] of wanted.entries()) {
    for (const entry of entries.values()) {
      if (entry.type !== 'f' || !fits(root, entry.path)) continue;
      const first = wantedGroups.get(entry)?.[0];
      if (first === undefined || (first.root === root && first.path === entry.path)) candidates.push({ root, entry });
    }
  }
  return { wanted, disk, wantedGroups, candidates, sameLinks, fits };
}

function sameKind(want: TreeEntry, have: TreeEntry): boolean {
  if (want.type !== have.type) return false;
  switch (want.type) {
    case 'f':
      return want.sizeBytes === have.sizeBytes;
    case 'l':
      return Buffer.compare(want.target, have.target) === 0;
    case 'c':
    case 'b':
      return want.rdevMajor === have.rdevMajor && want.rdevMinor === have.rdevMinor;
    case 'd':
    case 'p':
    case 's':
      return true;
  }
}
