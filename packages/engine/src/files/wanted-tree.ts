import { HoldfastError } from '@holdfast/core';
import { ownFolderName } from './tracked-root.js';
import type { TreeEntry } from './tree-entry.js';
import { TreeTable } from './tree-table.js';

export interface WantedTree {
  /** By path, sorted, the root itself first. */
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly table: TreeTable;
}

/**
 * A snapshot's tree table, checked as if its writer were hostile: plain relative paths in order, each under a directory of the same table, none in
 * Holdfast's own folder. Rejects with HF_MANIFEST_CORRUPT.
 */
export function parseWantedTree(bytes: Uint8Array, rootId: string): WantedTree {
  const table = new TreeTable(bytes, rootId);
  const entries = new Map<string, TreeEntry>();
  for (let index = 0; index < table.count; index += 1) {
    const entry = table.entry(index);
    const { path } = entry;
    if (index === 0 ? path !== '' || entry.type !== 'd' : table.comparePath(index - 1, table, index) >= 0)
      throw wrong(rootId, path, 'is out of order');
    if (index > 0) checkPath(rootId, entries, path);
    if (entry.type === 'l' && (entry.target.length === 0 || entry.target.includes(0))) throw wrong(rootId, path, 'is a link to nowhere');
    entries.set(path, entry);
  }
  if (entries.size === 0) throw wrong(rootId, '', 'is missing');
  return { entries, table };
}

function checkPath(rootId: string, entries: ReadonlyMap<string, TreeEntry>, path: string): void {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..') || path.includes('\0'))
    throw wrong(rootId, path, 'is not a plain relative path');
  if (parts[0] === ownFolderName) throw wrong(rootId, path, `lies in ${ownFolderName}`);
  if (entries.get(parentPath(path))?.type !== 'd') throw wrong(rootId, path, 'is not in a directory');
}

/** The path that holds `path`; the root's own is empty. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function wrong(rootId: string, path: string, why: string): HoldfastError {
  return new HoldfastError('HF_MANIFEST_CORRUPT', {
    message: `in the file table ${rootId}, ${JSON.stringify(path)} ${why}`,
    kind: 'corrupt',
    operation: 'files.restore',
    hint: 'holdfast verify names what is damaged; the snapshot before may be whole',
  });
}
