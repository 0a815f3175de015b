import { readSync } from 'node:fs';
import { pageSizeBytes } from '@holdfast/core/basics';
import { isZero } from '../codec/is-zero.js';
import type { KeyedHash } from '../codec/keyed-hash.js';
import type { HashRequest, SlotPiece } from './tasks.js';
import type { WindowSlot } from './window-slot.js';

/**
 * Reads the slot's pages, where the request says from where, and computes what its windows ask for. What is zero is passed over: no hash of it is ever
 * kept. False where that cannot be read, or there was less.
 */
export function hashWindows(slot: WindowSlot, { count, reads }: HashRequest, hash: KeyedHash): boolean {
  if (reads !== undefined && !reads.every((piece) => readPiece(slot, piece))) return false;
  for (let index = 0; index < count; index += 1) {
    const { offset, pageCount } = slot.window(index);
    const end = offset + pageCount * pageSizeBytes;
    if (isZero(slot.pages, offset, end - offset)) continue;
    hash.into(slot.windowHash(index), 0, slot.pages.subarray(offset, end));
    if (!slot.wantsPages(index)) continue;
    for (let page = offset; page < end; page += pageSizeBytes) {
      if (!isZero(slot.pages, page, pageSizeBytes)) hash.into(slot.pageHash(page), 0, slot.pages.subarray(page, page + pageSizeBytes));
    }
    slot.setPagesHashed(index);
  }
  return true;
}

function readPiece({ pages }: WindowSlot, { descriptor, offset, pageCount, sourceOffset }: SlotPiece): boolean {
  const end = offset + pageCount * pageSizeBytes;
  try {
    for (let at = offset; at < end; ) {
      const got = readSync(descriptor, pages, at, end - at, sourceOffset + at - offset);
      if (got === 0) return false;
      at += got;
    }
    return true;
  } catch {
    return false;
  }
}
