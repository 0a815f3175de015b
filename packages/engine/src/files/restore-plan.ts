import { HoldfastError } from '@holdfast/core';
import { itemAt } from './item-at.js';
import { type HeldFiles, keepsInode } from './held-files.js';
import type { Member } from './link-groups.js';
import type { Comparison } from './restore-compare.js';
import type { TreeBarrier, TreeEntry } from './tree-entry.js';
import { parentPath } from './wanted-tree.js';

export interface PlannedEntry {
  readonly root: number;
  readonly entry: TreeEntry;
}

export interface PlannedContent extends PlannedEntry {
  /** The file that is there stays and gets this content; it has so many names. Undefined where it is a new one. */
  readonly keptLinks: number | undefined;
}

/** What has to happen to the trees, in the order of the fields. */
export interface RestorePlan {
  readonly moveAside: readonly Member[];
  /** Parents first. */
  readonly directories: readonly PlannedEntry[];
  readonly contents: readonly PlannedContent[];
  /** Links, FIFOs, sockets and devices. */
  readonly specials: readonly PlannedEntry[];
  readonly hardLinks: readonly { readonly from: Member; readonly to: Member }[];
  /** Regular files that stay. */
  readonly keptFiles: number;
}

/** What a walk did not enter, of each root: then, when the snapshot was taken, and now. */
export interface Barriers {
  readonly recorded: readonly TreeBarrier[];
  readonly present: readonly TreeBarrier[];
}

export interface PlanOptions {
  readonly barriers: readonly Barriers[];
  /** Files that the job will look for under their inode numbers. */
  readonly held: HeldFiles;
}

/** `matching`: the candidates of `comparison` whose content on disk is the snapshot's. Rejects with HF_RESTORE_REFUSED where a mount is in the way. */
export function planRestore(comparison: Comparison, matching: ReadonlySet<TreeEntry>, { barriers, held }: PlanOptions): RestorePlan {
  const { wanted, wantedGroups } = comparison;
  const stays = (root: number, path: string): boolean => {
    if (!comparison.fits(root, path)) return false;
    const entry = wanted[root]?.get(path);
    if (entry?.type !== 'f') return true;
    const link = wantedGroups.get(entry)?.[0] ?? { root, path };
    const first = wanted[link.root]?.get(link.path);
    return first !== undefined && matching.has(first);
  };
  const plan = { moveAside: [] as Member[], directories: [] as PlannedEntry[], contents: [] as PlannedContent[], specials: [] as PlannedEntry[] };
  const hardLinks: { from: Member; to: Member }[] = [];
  let keptFiles = 0;
  for (const root of wanted.keys()) {
    const isOverwritten = (path: string): boolean => keepsInode(comparison, held, root, path);
    const isLeft = (path: string): boolean => stays(root, path) || isOverwritten(path);
    const gone = moveAside(comparison, root, isLeft, itemAt(barriers, root), plan.moveAside);
    for (const entry of wanted[root]?.values() ?? []) {
      const { path, type } = entry;
      if (path === '') continue;
      if (!gone.has(path) && stays(root, path)) {
        if (type === 'f') keptFiles += 1;
        continue;
      }
      const first = wantedGroups.get(entry)?.[0] ?? { root, path };
      const isFirst = first.root === root && first.path === path;
      if (isOverwritten(path)) {
        if (isFirst) plan.contents.push({ root, entry, keptLinks: wantedGroups.get(entry)?.length ?? 1 });
      } else if (!isFirst) hardLinks.push({ from: first, to: { root, path } });
      else if (type === 'd') plan.directories.push({ root, entry });
      else if (type === 'f') plan.contents.push({ root, entry, keptLinks: undefined });
      else plan.specials.push({ root, entry });
    }
  }
  return { ...plan, hardLinks, keptFiles };
}

/** Adds what cannot stay to `moved`, a directory with all it holds as one; gives every path that is gone with it. */
function moveAside(
  { wanted, disk }: Comparison,
  root: number,
  isLeft: (path: string) => boolean,
  barriers: Barriers,
  moved: Member[],
): ReadonlySet<string> {
  const gone = new Set<string>();
  // What lay behind a mount is not in the snapshot, so what lies there now is not this restore's to move.
  const leftAlone = new Set(barriers.recorded.map(({ path }) => path));
  for (const { path } of barriers.present) {
    if (wanted[root]?.has(path))
      throw inTheWay(path, 'the snapshot has a file or folder where another file system is mounted or Holdfast keeps its own');
  }
  for (const { path, type } of disk[root]?.values() ?? []) {
    if (path === '') continue;
    if (gone.has(parentPath(path))) gone.add(path);
    else if (leftAlone.has(path) || leftAlone.has(parentPath(path))) leftAlone.add(path);
    else if (!isLeft(path)) {
      if (type === 'd' && barriers.present.some((barrier) => barrier.path.startsWith(`${path}/`))) {
        // A mount cannot be moved away with the folder above it; what else that holds is looked at by itself.
        if (wanted[root]?.has(path)) throw inTheWay(path, 'the snapshot has a file where a folder with a mounted file system is now');
        continue;
      }
      gone.add(path);
      moved.push({ root, path });
    }
  }
  return gone;
}

function inTheWay(path: string, why: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_REFUSED', {
    message: `${Buffer.from(path, 'latin1').toString('utf8')} is in the way: ${why}`,
    kind: 'conflict',
    operation: 'files.restore',
    hint: 'unmount it, or move Holdfast’s storage out of the tracked path, and run again',
  });
}
