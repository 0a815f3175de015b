import { itemAt } from './item-at.js';
import { pairPaths } from './pair-paths.js';
import { describeFiles, type PreviousTree, type PreviousTrees } from './previous-trees.js';
import type { TrackedRoot } from './tracked-root.js';
import type { TreeTable } from './tree-table.js';
import { isSettled } from './trust.js';

/**
 * The restored files as a capture's parent. Only files that were compared and left as they were are trusted by their status;
 * what was rebuilt has times of this moment and is read once more.
 */
export function restoredTrees(
  roots: readonly TrackedRoot[],
  before: readonly TreeTable[],
  after: readonly TreeTable[],
  isMatching: (root: number, path: string) => boolean,
): PreviousTrees {
  const trees = new Map<string, PreviousTree>();
  for (const [number, root] of roots.entries()) {
    const table = itemAt(after, number);
    const compared = itemAt(before, number);
    const trusted = new Uint8Array(table.count);
    pairPaths(table, compared, (index, earlier) => {
      if (earlier < 0 || !table.isFile(index) || !table.sameStatus(index, compared, earlier)) return;
      if (isSettled(table, index, compared.startedMs) && isMatching(number, table.path(index))) trusted[index] = 1;
    });
    trees.set(root.id, { table, trusted });
  }
  return { metadata: describeFiles(trees), trees };
}
