import { contentOwners } from './content-owners.js';
import { itemAt } from './item-at.js';
import { pairPaths } from './pair-paths.js';
import { type PreCopied, stored } from './pre-copy.js';
import type { OpenFile, TrackedRoot } from './tracked-root.js';
import type { TreeTable } from './tree-table.js';
import { isSettled } from './trust.js';

/** How one root, listed while the job stood still, differs from what was stored of it before. */
export interface FrozenTree {
  readonly root: TrackedRoot;
  readonly table: TreeTable;
  /** Entries whose content is in the freeze's copies and nowhere else. */
  readonly toCopy: readonly number[];
  /** 1 where equal status at the next capture proves that the content is the one of this snapshot. */
  readonly trusted: Uint8Array;
  /** Paths (latin1) whose objects were written before the freeze and are not content of this snapshot. */
  readonly toDrop: readonly string[];
}

/**
 * Compares the trees of the frozen job with what the pre-copy stored, as the tool did during the freeze. Equal status is believed except for files
 * that a process could write to at that moment: a second store through a shared mapping moves no time.
 */
export function compareFrozen(before: readonly PreCopied[], tables: readonly TreeTable[], openFiles: readonly OpenFile[]): readonly FrozenTree[] {
  const owners = contentOwners(tables);
  const writable = new Set(openFiles.map(({ ino }) => Number(ino)));
  return before.map((copied, number) => {
    const table = itemAt(tables, number);
    const toCopy: number[] = [];
    const trusted = new Uint8Array(table.count);
    const retained = new Uint8Array(copied.table.count);
    pairPaths(table, copied.table, (index, earlier) => {
      if (owners[number]?.[index] !== 1) return;
      const isOpen = writable.has(table.inodeNumber(index));
      const isStored = earlier >= 0 && copied.stored[earlier] === stored.sure && table.sameStatus(index, copied.table, earlier);
      if (earlier >= 0) retained[earlier] = 1;
      if (isOpen || !isStored) toCopy.push(index);
      trusted[index] = !isOpen && isSettled(table, index, isStored ? copied.table.startedMs : table.startedMs) ? 1 : 0;
    });
    return { root: copied.root, table, toCopy, trusted, toDrop: abandoned(copied, retained) };
  });
}

function abandoned({ table, stored: state }: PreCopied, retained: Uint8Array): readonly string[] {
  const paths: string[] = [];
  for (let index = 0; index < state.length; index += 1) {
    if (state[index] !== stored.no && retained[index] !== 1) paths.push(table.path(index));
  }
  return paths;
}
