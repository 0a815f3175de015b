import { pageSizeBytes } from '@holdfast/core';
import { hashLength, type KeyedHash } from '../codec/keyed-hash.js';
import { corrupt } from '../errors.js';
import { type ObjectMap, windowPages, zeroBlock } from '../manifest/page-map.js';
import { WindowCursor } from '../manifest/window-cursor.js';
import type { BlockPages } from './block-pages.js';

/** Bytes of pages that follow each other in the object, verified. */
export interface RebuiltPages {
  /** Number of the first page in the object. */
  readonly firstPage: number;
  /** Ordinal of the first page among the pages that the object has. */
  readonly ordinal: number;
  /** Valid until the next step. */
  readonly bytes: Buffer;
}

/** Rebuilds an object window by window and checks each window's hash; pages that are all zero are passed over. */
export async function* rebuildObject(file: string, map: ObjectMap, blocks: BlockPages, hash: KeyedHash): AsyncGenerator<RebuiltPages> {
  const cursor = new WindowCursor(map);
  const bytes = Buffer.alloc(windowPages * pageSizeBytes);
  while (cursor.next()) {
    if (cursor.hashOffset < 0) continue;
    let filled = 0;
    for (let position = 0; position < windowPages; position += 1) {
      if ((cursor.mask & (1 << position)) === 0) continue;
      const offset = filled * pageSizeBytes;
      filled += 1;
      const block = cursor.blocks[position] ?? zeroBlock;
      if (block === zeroBlock) {
        bytes.fill(0, offset, offset + pageSizeBytes);
        continue;
      }
      const pages = await blocks.get(block);
      const start = (cursor.indexes[position] ?? 0) * pageSizeBytes;
      if (start + pageSizeBytes > pages.length) throw corrupt('HF_MANIFEST_CORRUPT', file, 'it refers to a page that a block does not have');
      pages.copy(bytes, offset, start, start + pageSizeBytes);
    }
    const content = bytes.subarray(0, filled * pageSizeBytes);
    if (!hash.equals(map.windowHashes.subarray(0, cursor.hashOffset + hashLength), cursor.hashOffset, content)) {
      throw corrupt('HF_PACK_CORRUPT', file, `window ${cursor.window} of ${JSON.stringify(map.key)} does not have its hash once rebuilt`);
    }
    yield* pieces(cursor, content);
  }
}

function* pieces(cursor: WindowCursor, content: Buffer): Generator<RebuiltPages> {
  let done = 0;
  for (let position = 0; position < windowPages; position += 1) {
    if ((cursor.mask & (1 << position)) === 0) continue;
    let count = 1;
    while (position + count < windowPages && (cursor.mask & (1 << (position + count))) !== 0) count += 1;
    yield {
      firstPage: cursor.window * windowPages + position,
      ordinal: cursor.ordinal + done,
      bytes: content.subarray(done * pageSizeBytes, (done + count) * pageSizeBytes),
    };
    done += count;
    position += count;
  }
}
