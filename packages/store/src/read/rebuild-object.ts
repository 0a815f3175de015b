import { pageSizeBytes } from '@holdfast/core';
import { hashLength, type KeyedHash } from '../codec/keyed-hash.js';
import { corrupt } from '../errors.js';
import { type ObjectMap, windowPages, zeroBlock } from '../manifest/page-map.js';
import { WindowCursor } from '../manifest/window-cursor.js';
import type { BlockPages } from './block-pages.js';

const batchPages = 256;

/** Bytes of pages that follow each other in the object, verified. */
export interface RebuiltPages {
  /** Number of the first page in the object. */
  readonly firstPage: number;
  /** Ordinal of the first page among the pages that the object has. */
  readonly ordinal: number;
  /** Valid until the next step. */
  readonly bytes: Buffer;
}

interface Piece {
  readonly firstPage: number;
  readonly ordinal: number;
  readonly offset: number;
  pageCount: number;
}

/** Rebuilds an object, at most 1 MiB at a time, and checks each window's hash; windows that are all zero are passed over. */
export async function* rebuildObject(file: string, map: ObjectMap, blocks: BlockPages, hash: KeyedHash): AsyncGenerator<RebuiltPages> {
  const cursor = new WindowCursor(map);
  const bytes = Buffer.allocUnsafeSlow(batchPages * pageSizeBytes);
  let [pieces, used]: [Piece[], number] = [[], 0];
  while (cursor.next()) {
    if (cursor.hashOffset < 0) continue;
    if (used + windowPages > batchPages) {
      yield* rebuilt(pieces, bytes);
      [pieces, used] = [[], 0];
    }
    const content = bytes.subarray(used * pageSizeBytes, (used + cursor.pageCount) * pageSizeBytes);
    await fillWindow(file, cursor, blocks, content);
    if (!hash.equals(map.windowHashes.subarray(0, cursor.hashOffset + hashLength), cursor.hashOffset, content)) {
      throw corrupt('HF_PACK_CORRUPT', file, `window ${cursor.window} of ${JSON.stringify(map.key)} does not have its hash once rebuilt`);
    }
    notePieces(pieces, cursor, used);
    used += cursor.pageCount;
  }
  yield* rebuilt(pieces, bytes);
}

async function fillWindow(file: string, cursor: WindowCursor, blocks: BlockPages, content: Buffer): Promise<void> {
  let offset = 0;
  for (let position = 0; position < windowPages; position += 1) {
    if ((cursor.mask & (1 << position)) === 0) continue;
    const block = cursor.blocks[position] ?? zeroBlock;
    if (block === zeroBlock) content.fill(0, offset, offset + pageSizeBytes);
    else {
      const pages = blocks.cached(block) ?? (await blocks.get(block));
      const start = (cursor.indexes[position] ?? 0) * pageSizeBytes;
      if (start + pageSizeBytes > pages.length) throw corrupt('HF_MANIFEST_CORRUPT', file, 'it refers to a page that a block does not have');
      pages.copy(content, offset, start, start + pageSizeBytes);
    }
    offset += pageSizeBytes;
  }
}

/** Joins pages that follow each other, also across windows. */
function notePieces(pieces: Piece[], cursor: WindowCursor, used: number): void {
  let done = 0;
  for (let position = 0; position < windowPages; position += 1) {
    if ((cursor.mask & (1 << position)) === 0) continue;
    const firstPage = cursor.window * windowPages + position;
    const last = pieces.at(-1);
    if (last !== undefined && last.firstPage + last.pageCount === firstPage) last.pageCount += 1;
    else pieces.push({ firstPage, ordinal: cursor.ordinal + done, offset: (used + done) * pageSizeBytes, pageCount: 1 });
    done += 1;
  }
}

function* rebuilt(pieces: readonly Piece[], bytes: Buffer): Generator<RebuiltPages> {
  for (const { firstPage, ordinal, offset, pageCount } of pieces)
    yield { firstPage, ordinal, bytes: bytes.subarray(offset, offset + pageCount * pageSizeBytes) };
}
