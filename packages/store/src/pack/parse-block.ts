import { ByteReader, MalformedBytes } from '../codec/byte-reader.js';
import { digestLength, digestOf } from '../codec/digest.js';
import { newerFormat } from '../errors.js';
import { blockFieldsBytes, blockHeaderBytes, blockIdBytes, codecs, extraLimitBytes, keyIds, type ParsedBlock, payloadLimitBytes } from './block.js';
import type { IndexEntry } from './pack-index.js';

/**
 * Takes the bytes of a block apart, after its digest was found to be right and to be the one of the pack's index. What is encrypted stays so.
 * Throws MalformedBytes, or HF_FORMAT_NEWER naming `file`.
 */
export function parseBlock(file: string, bytes: Buffer, entry: IndexEntry): ParsedBlock {
  const reader = new ByteReader(bytes);
  const fields = reader.bytes(blockFieldsBytes);
  const digest = reader.bytes(digestLength);
  const body = bytes.subarray(blockHeaderBytes);
  if (!digest.equals(entry.digest) || !digestOf(fields, body).equals(digest)) {
    throw new MalformedBytes(`block ${entry.id} does not have its digest`);
  }
  const header = new ByteReader(fields);
  if (header.text(4) !== 'HFB1') throw new MalformedBytes(`block ${entry.id} has no header`);
  const [codec, flags, pageCount] = [header.u8(), header.u8(), header.u16()];
  const id = header.bytes(blockIdBytes).toString('hex');
  header.bytes(blockIdBytes);
  const [keyId, extraLength, payloadLength] = [header.u32(), header.u32(), header.u32()];
  if (id !== entry.id || codec !== entry.codec || flags !== entry.flags || pageCount !== entry.pageCount || keyId !== entry.keyId) {
    throw new MalformedBytes(`the header of block ${entry.id} disagrees with the index`);
  }
  refuseUnknown(file, codec, flags, keyId);
  if (extraLength > extraLimitBytes || payloadLength > payloadLimitBytes) throw new MalformedBytes(`block ${entry.id} is too large`);
  const extra = reader.bytes(extraLength);
  const payload = reader.bytes(payloadLength);
  reader.finish(`block ${entry.id}`);
  return { id, codec, pageCount, extra, payload, keyId, fields, body };
}

function refuseUnknown(file: string, codec: number, flags: number, keyId: number): void {
  if (flags !== 0) throw newerFormat(file, `a block has the flags ${flags}`);
  if (codec > codecs.delta) throw newerFormat(file, `a block has codec ${codec}`);
  if (keyId > keyIds.dataKey) throw newerFormat(file, `a block is encrypted with key ${keyId}`);
}
