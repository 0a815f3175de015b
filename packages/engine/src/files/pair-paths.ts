import type { TreeTable } from './tree-table.js';

/** Calls `visit` for every entry of `table` with the number of the entry of the same path in `other`, or -1. One pass over both. */
export function pairPaths(table: TreeTable, other: TreeTable | undefined, visit: (index: number, otherIndex: number) => void): void {
  let at = 0;
  const otherCount = other?.count ?? 0;
  for (let index = 0; index < table.count; index += 1) {
    let order = 1;
    while (other !== undefined && at < otherCount) {
      order = table.comparePath(index, other, at);
      if (order <= 0) break;
      at += 1;
    }
    visit(index, order === 0 ? at : -1);
  }
}
