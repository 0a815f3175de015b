import type { ObjectInput, SourceExtent } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core';
import type { TreeEntry } from './tree-entry.js';

/** The object that holds a file's content; `path` is latin1. */
export function fileKey(rootId: string, path: string): string {
  return `file/${rootId}/${path}`;
}

/** The object that holds a root's tree table. */
export function treeKey(rootId: string): string {
  return `tree/${rootId}`;
}

/** The bytes of a path beneath a directory of this machine. */
export function hostPathOf(directory: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(directory), Buffer.from(`/${path}`, 'latin1')]);
}

/** The same for people. */
export function shownPath(directory: string, path: string): string {
  return path === '' ? directory : `${directory}/${Buffer.from(path, 'latin1').toString('utf8')}`;
}

export function fileObject(key: string, entry: TreeEntry, source: Uint8Array): ObjectInput {
  return { key, kind: 'file', sizeBytes: entry.sizeBytes, source: { kind: 'path', path: source }, extents: sourceExtents(entry) };
}

function sourceExtents(entry: TreeEntry): readonly SourceExtent[] {
  const pages = Math.ceil(entry.sizeBytes / pageSizeBytes);
  const extents = entry.extents ?? (pages === 0 ? [] : [{ offset: 0, length: pages * pageSizeBytes }]);
  return extents.map(({ offset, length }) => {
    const firstPage = offset / pageSizeBytes;
    return { firstPage, pageCount: Math.min(length / pageSizeBytes, pages - firstPage), sourceOffset: offset };
  });
}
