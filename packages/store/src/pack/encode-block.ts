import { randomBytes } from 'node:crypto';
import { ByteWriter } from '../codec/byte-writer.js';
import { digestOf } from '../codec/digest.js';
import { nonceBytes, sealInto, tagBytes } from '../encryption/aead.js';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';
import { blockFieldsBytes, blockHeaderBytes, blockIdBytes, keyIds, type StoredBlock } from './block.js';

/**
 * Writes the block as it lies in a pack to the beginning of `target`, which has room for it; tells its length in bytes. See docs/format.md, "Packs". `baseId` is the
 * first block that a delta needs. With a cipher the block is encrypted, under a new nonce each time.
 */
export function encodeBlock(target: Buffer, block: StoredBlock, baseId: string | undefined, cipher: RepositoryCipher | undefined): number {
  const id = Buffer.from(block.id, 'hex');
  const payloadBytes = block.payload.length + (cipher === undefined ? 0 : tagBytes);
  const writer = new ByteWriter(blockHeaderBytes).bytes(Buffer.from('HFB1')).u8(block.codec).u8(0).u16(block.pageCount);
  writer.bytes(id);
  if (baseId === undefined) writer.zeros(blockIdBytes);
  else writer.bytes(Buffer.from(baseId, 'hex'));
  writer
    .u32(cipher === undefined ? keyIds.none : keyIds.dataKey)
    .u32(block.extra.length)
    .u32(payloadBytes);
  if (cipher === undefined) writer.zeros(nonceBytes);
  else writer.bytes(randomBytes(nonceBytes));
  const fields = writer.view();
  fields.copy(target);
  const body = target.subarray(blockHeaderBytes, blockHeaderBytes + block.extra.length + payloadBytes);
  if (cipher === undefined) {
    block.extra.copy(body);
    block.payload.copy(body, block.extra.length);
  } else sealInto(body, cipher.block(id, fields), block.extra, block.payload);
  digestOf(fields, body).copy(target, blockFieldsBytes);
  return blockHeaderBytes + body.length;
}
