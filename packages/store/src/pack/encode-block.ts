import { ByteWriter } from '../codec/byte-writer.js';
import { digestOf } from '../codec/digest.js';
import { blockHeaderBytes, blockIdBytes, type StoredBlock } from './block.js';

export interface EncodedBlock {
  /** Header and extra; the payload follows them in the pack. */
  readonly head: Buffer;
  readonly payload: Buffer;
  readonly digest: Buffer;
  readonly lengthBytes: number;
}

/** See docs/format.md, "Packs". `baseId` is the first block that a delta needs. */
export function encodeBlock(block: StoredBlock, baseId?: string): EncodedBlock {
  const writer = new ByteWriter(blockHeaderBytes + block.extra.length);
  writer.bytes(Buffer.from('HFB1')).u8(block.codec).u8(0).u16(block.pageCount);
  writer.bytes(Buffer.from(block.id, 'hex'));
  if (baseId === undefined) writer.zeros(blockIdBytes);
  else writer.bytes(Buffer.from(baseId, 'hex'));
  writer.u32(0).u32(block.extra.length).u32(block.payload.length).zeros(12);
  const digest = digestOf(writer.view(), block.extra, block.payload);
  writer.bytes(digest).bytes(block.extra);
  return { head: writer.view(), payload: block.payload, digest, lengthBytes: writer.length + block.payload.length };
}
