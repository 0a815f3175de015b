import type { TreeTable } from './tree-table.js';

/** A time this close to a capture proves nothing: the file may have been written again within the clock's or the file system's grain. */
export const uncertainMs = 2_000;

/**
 * True where content read at `readMs`, or later, is still the file's content as long as its status stays the same. Not so where a time lies within
 * 2 s of the reading (or after it), and never on a file system in memory.
 */
export function isSettled(table: TreeTable, index: number, readMs: number): boolean {
  return !table.isMemoryFileSystem && table.changedMs(index) < readMs - uncertainMs;
}
