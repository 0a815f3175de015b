import { closeSync, openSync, readSync } from 'node:fs';
import { type ObjectInput, pageSizeBytes } from '@holdfast/core';

const zeros = Buffer.alloc(pageSizeBytes);

/** How many pages of memory in `after` are not zero and not the same in `before` under the same key and number: the plainest answer there is. */
export function countChangedPages(before: readonly ObjectInput[], after: readonly ObjectInput[]): number {
  const old = new Map(before.filter(isMemory).map((object) => [object.key, pagesOf(object)]));
  let changed = 0;
  for (const object of after.filter(isMemory)) {
    for (const [page, bytes] of pagesOf(object)) {
      if (!bytes.equals(zeros) && old.get(object.key)?.get(page)?.equals(bytes) !== true) changed += 1;
    }
  }
  return changed;
}

function isMemory({ kind }: ObjectInput): boolean {
  return kind === 'memory';
}

function pagesOf({ source, extents }: ObjectInput): ReadonlyMap<number, Buffer> {
  if (source.kind !== 'path') throw new Error('staged memory lies in files');
  const pages = new Map<number, Buffer>();
  const fd = openSync(source.path as string, 'r');
  try {
    for (const { firstPage, pageCount, sourceOffset } of extents) {
      for (let page = 0; page < pageCount; page += 1) {
        const bytes = Buffer.alloc(pageSizeBytes);
        if (readSync(fd, bytes, 0, pageSizeBytes, sourceOffset + page * pageSizeBytes) !== pageSizeBytes) throw new Error('a pages image is short');
        pages.set(firstPage + page, bytes);
      }
    }
  } finally {
    closeSync(fd);
  }
  return pages;
}
