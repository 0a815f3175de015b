import type { PreviousTree } from './previous-trees.js';
import { field, treeHeaderBytes } from './tree-format.js';
import { TreeTable } from './tree-table.js';

/** The same tree without the numbered entries. */
export function removeEntries(tree: PreviousTree, indexes: readonly number[], name: string): PreviousTree {
  if (indexes.length === 0) return tree;
  const { table, trusted } = tree;
  const sorted = [...indexes].sort((left, right) => left - right);
  const parts: Buffer[] = [];
  let at = treeHeaderBytes;
  for (const index of sorted) {
    const offset = table.offset(index);
    parts.push(table.bytes.subarray(at, offset));
    at = offset + 4 + table.bytes.readUInt32LE(offset + field.bytes);
  }
  const header = Buffer.from(table.bytes.subarray(0, treeHeaderBytes));
  header.writeBigUInt64LE(header.readBigUInt64LE(32) - BigInt(sorted.length), 32);
  const removed = new Set(sorted);
  return {
    table: new TreeTable(Buffer.concat([header, ...parts, table.bytes.subarray(at)]), name),
    trusted: trusted.filter((_, index) => !removed.has(index)),
  };
}
