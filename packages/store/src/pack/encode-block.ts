import { randomBytes } from 'node:crypto';
import { ByteWriter } from '../codec/byte-writer.js';
import { digestOf } from '../codec/digest.js';
import { nonceBytes, seal, tagBytes } from '../encryption/aead.js';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';
import { blockHeaderBytes, blockIdBytes, keyIds, type StoredBlock } from './block.js';

export interface EncodedBlock {
  /** Header and extra; the payload follows them in the pack. */
  readonly head: Buffer;
  readonly payload: Buffer;
  readonly digest: Buffer;
  readonly lengthBytes: number;
}

/** See docs/format.md, "Packs". `baseId` is the first block that a delta needs. With a cipher the block is encrypted, under a new nonce each time. */
export function encodeBlock(block: StoredBlock, baseId: string | undefined, cipher: RepositoryCipher | undefined): EncodedBlock {
  const id = Buffer.from(block.id, 'hex');
  const payloadBytes = block.payload.length + (cipher === undefined ? 0 : tagBytes);
  const writer = new ByteWriter(blockHeaderBytes + block.extra.length);
  writer.bytes(Buffer.from('HFB1')).u8(block.codec).u8(0).u16(block.pageCount);
  writer.bytes(id);
  if (baseId === undefined) writer.zeros(blockIdBytes);
  else writer.bytes(Buffer.from(baseId, 'hex'));
  writer
    .u32(cipher === undefined ? keyIds.none : keyIds.dataKey)
    .u32(block.extra.length)
    .u32(payloadBytes);
  if (cipher === undefined) writer.zeros(nonceBytes);
  else writer.bytes(randomBytes(nonceBytes));
  const { extra, payload } = cipher === undefined ? block : encrypted(block, id, Buffer.from(writer.view()), cipher);
  const digest = digestOf(writer.view(), extra, payload);
  writer.bytes(digest).bytes(extra);
  return { head: writer.view(), payload, digest, lengthBytes: writer.length + payload.length };
}

function encrypted({ extra, payload }: StoredBlock, id: Buffer, fields: Buffer, cipher: RepositoryCipher): Pick<StoredBlock, 'extra' | 'payload'> {
  const sealed = seal(cipher.block(id, fields), extra, payload);
  return { extra: sealed.subarray(0, extra.length), payload: sealed.subarray(extra.length) };
}
