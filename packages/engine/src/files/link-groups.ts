import type { TreeEntry } from './tree-entry.js';

export interface Member {
  readonly root: number;
  readonly path: string;
}

/** The hard links of one inode, in the order of the roots and then of the paths. */
export type LinkGroup = readonly Member[];

/**
 * The hard links among the entries of several trees, by entry. `place` names where a root lies: links that do not lie on one file system any more
 * come back as separate files. An entry without another link in the trees has no group.
 */
export function linkGroups(trees: readonly ReadonlyMap<string, TreeEntry>[], place: (root: number) => string): ReadonlyMap<TreeEntry, LinkGroup> {
  const byInode = new Map<string, { readonly members: Member[]; readonly entries: TreeEntry[] }>();
  for (const [root, tree] of trees.entries()) {
    for (const entry of tree.values()) {
      if (entry.type === 'd' || entry.nlink < 2) continue;
      const inode = `${place(root)} ${inodeOf(entry)}`;
      const group = byInode.get(inode) ?? { members: [], entries: [] };
      group.members.push({ root, path: entry.path });
      group.entries.push(entry);
      byInode.set(inode, group);
    }
  }
  const groups = new Map<TreeEntry, LinkGroup>();
  for (const { members, entries } of byInode.values()) {
    if (members.length < 2) continue;
    for (const entry of entries) groups.set(entry, members);
  }
  return groups;
}

export function inodeOf({ type, dev, ino }: TreeEntry): string {
  return `${type}:${dev}:${ino}`;
}

export function sameGroup(left: LinkGroup | undefined, right: LinkGroup | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.length === right.length && left.every(({ root, path }, number) => right[number]?.root === root && right[number]?.path === path);
}
