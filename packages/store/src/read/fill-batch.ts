import { pageSizeBytes } from '@holdfast/core/basics';
import { hashLength, type KeyedHash } from '../codec/keyed-hash.js';
import { corrupt } from '../errors.js';
import { type ObjectMap, zeroBlock } from '../manifest/page-map.js';
import type { BlockPages } from './block-pages.js';
import type { ObjectBatch, PageCopy } from './plan-object.js';

/** Brings the pages of a batch together and checks the hash of each window. `file` is the manifest, for errors. */
export async function fillBatch(
  file: string,
  map: ObjectMap,
  batch: ObjectBatch,
  blocks: BlockPages,
  hash: KeyedHash,
  target: Buffer,
): Promise<void> {
  for (const copy of batch.copies) {
    const { block, offset, pageCount } = copy;
    if (block === zeroBlock) target.fill(0, offset, offset + pageCount * pageSizeBytes);
    else {
      const pages = blocks.peek(block);
      if (pages === undefined) await blocks.use(block, (decoded) => copyPages(file, decoded, copy, target));
      else copyPages(file, pages, copy, target);
    }
  }
  for (const { window, offset, lengthBytes, hashOffset } of batch.windows) {
    const expected = map.windowHashes.subarray(0, hashOffset + hashLength);
    if (!hash.equals(expected, hashOffset, target.subarray(offset, offset + lengthBytes)))
      throw corrupt('HF_PACK_CORRUPT', file, `window ${window} of ${JSON.stringify(map.key)} does not have its hash once rebuilt`);
  }
}

function copyPages(file: string, pages: Buffer, { index, offset, pageCount }: PageCopy, target: Buffer): void {
  const [start, end] = [index * pageSizeBytes, (index + pageCount) * pageSizeBytes];
  if (end > pages.length) throw corrupt('HF_MANIFEST_CORRUPT', file, 'it refers to a page that a block does not have');
  pages.copy(target, offset, start, end);
}
