import { isHoldfastError, type ObjectKind } from '@holdfast/core';
import { treeKey } from '../files/object-key.js';
import { contentKeys } from '../files/restore-content.js';
import { parseWantedTree } from '../files/wanted-tree.js';
import { assertImageName } from '../images/image-names.js';
import { imageKey, imageName } from '../images/memory-keys.js';
import { memoryTableKey, parseMemoryTable } from '../images/memory-table.js';
import { decodePagemap, isPagemapName } from '../images/pagemap.js';
import { pairMemory } from '../images/paired-memory.js';
import { namesMemory } from '../images/read-memory-names.js';
import { parseSnapshotMetadata, type SnapshotMetadata } from '../run/snapshot-metadata.js';
import { archiveCorrupt } from './archive-errors.js';
import type { ArchiveManifest } from './archive-manifest.js';

/** Objects whose content is looked at: so that what could never be restored is not taken in, and to know which memory is like which. */
export function isLookedAt(key: string, { roots }: SnapshotMetadata): boolean {
  const image = imageName(key) ?? '';
  return key === memoryTableKey || isPagemapName(image) || namesMemory(image) || roots.some(({ id }) => treeKey(id) === key);
}

/** What can be said before the content has come. Throws HF_ARCHIVE_CORRUPT; HF_FORMAT_NEWER for a snapshot of a newer Holdfast. */
export function checkDescription({ source, metadata, objects }: ArchiveManifest): SnapshotMetadata {
  return asDamage(() => {
    for (const { key, kind } of objects) {
      if (kind !== kindOf(key)) throw archiveCorrupt(`its manifest has a ${kind} object ${JSON.stringify(key.slice(0, 100))}`);
      const name = imageName(key);
      if (name !== undefined) assertImageName(name);
    }
    const described = parseSnapshotMetadata(metadata, source.job, source.number);
    for (const { id } of described.roots) {
      if (!objects.some(({ key }) => key === treeKey(id))) throw archiveCorrupt(`the file table of ${JSON.stringify(id)} is missing`);
    }
    return described;
  });
}

/**
 * The file tables are whole, lead nowhere else, and each file has its content; page maps and memory belong together. `contents`: of the objects that
 * are looked at. Throws HF_ARCHIVE_CORRUPT.
 */
export function checkContents({ objects }: ArchiveManifest, { roots }: SnapshotMetadata, contents: ReadonlyMap<string, Uint8Array>): void {
  const read = (key: string): Uint8Array => contents.get(key) ?? new Uint8Array();
  asDamage(() => {
    const trees = roots.map(({ id }) => parseWantedTree(read(treeKey(id)), id).entries);
    contentKeys({ reader: { objects }, roots }, trees);
    const names = objects.flatMap(({ key }) => imageName(key) ?? []).filter(isPagemapName);
    const maps = names.map((name) => ({ name, ...decodePagemap(read(imageKey(name)), name) }));
    pairMemory(maps, objects, contents.has(memoryTableKey) ? parseMemoryTable(read(memoryTableKey)) : new Map());
  });
}

function kindOf(key: string): ObjectKind {
  if (key.startsWith('memory/')) return 'memory';
  return key.startsWith('file/') ? 'file' : 'image';
}

function asDamage<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (isHoldfastError(error) && error.kind === 'corrupt' && error.code !== 'HF_ARCHIVE_CORRUPT') throw archiveCorrupt(error.message, error);
    throw error;
  }
}
