import type { TreeTable } from './tree-table.js';

/** A set of numbered entries of each tree. */
export type EntryFlags = readonly Uint8Array[];

/**
 * Marks the entries under whose path a file's content is stored: every regular file, and of the hard links of one inode the first, in the order
 * of the roots and then of the paths.
 */
export function contentOwners(tables: readonly TreeTable[]): EntryFlags {
  const seen = new Set<string>();
  return tables.map((table) => {
    const owners = new Uint8Array(table.count);
    for (let index = 0; index < table.count; index += 1) {
      if (!table.isFile(index)) continue;
      if (table.nlink(index) > 1) {
        const inode = table.inode(index);
        if (seen.has(inode)) continue;
        seen.add(inode);
      }
      owners[index] = 1;
    }
    return owners;
  });
}
