import { blockHeaderBytes, type StoredBlock } from '../../src/pack/block.js';
import { encodeBlock } from '../../src/pack/encode-block.js';

/** A block that is no delta and not encrypted, as it lies in a pack. */
export function encodedBlock(block: StoredBlock): Buffer {
  const target = Buffer.alloc(blockHeaderBytes + block.extra.length + block.payload.length);
  return target.subarray(0, encodeBlock(target, block, undefined, undefined));
}
