import type { TreeTable } from './tree-table.js';

/** Calls `visit` for every entry of `table` with the number of the entry of the same path in `other`, or -1. One pass over both. */
export function pairPaths(table: TreeTable, other: TreeTable | undefined, visit: (index: number, otherIndex: number) => void): void {
  const otherCount = other?.count ?? 0;
  let at = 0;
  for (let index = 0; index < table.count; index += 1) {
    let order = 1;
    while (order > 0 && at < otherCount) {
      order = other === undefined ? 1 : table.comparePath(index, other, at);
      if (order > 0) at += 1;
    }
    visit(index, order === 0 ? at : -1);
  }
}
