import { ByteReader, MalformedBytes } from '../codec/byte-reader.js';
import { ByteWriter } from '../codec/byte-writer.js';
import { digestLength, digestOf } from '../codec/digest.js';
import { newerFormat } from '../errors.js';
import { blockHeaderBytes, blockIdBytes, blockPages, extraLimitBytes, payloadLimitBytes } from './block.js';

export const packHeaderBytes = 256;
export const packFooterBytes = 64;
const packNameLimit = packHeaderBytes - 64;
export const indexEntryBytes = 72;
const blockCountLimit = 1 << 20;
const headMagic = 'HFPACK1\n';
const endMagic = 'HFPEND1\n';

export interface IndexEntry {
  readonly id: string;
  readonly offset: number;
  readonly lengthBytes: number;
  readonly pageCount: number;
  readonly codec: number;
  readonly flags: number;
  readonly keyId: number;
  readonly digest: Buffer;
}

export interface PackEnd {
  readonly indexOffset: number;
  readonly blocks: number;
}

export function encodePackHeader(repositoryId: string, name: string): Buffer {
  const bytes = Buffer.from(name);
  if (bytes.length > packNameLimit) throw new RangeError(`pack name ${name} is too long`);
  const writer = new ByteWriter(packHeaderBytes);
  writer.bytes(Buffer.from(headMagic)).u16(1).u16(bytes.length).u32(0).bytes(Buffer.from(repositoryId, 'hex')).zeros(32).bytes(bytes);
  return writer.zeros(packHeaderBytes - writer.length).view();
}

/** Index and footer of a finished pack. */
export function encodePackEnd(header: Buffer, entries: readonly IndexEntry[], indexOffset: number): Buffer {
  const writer = new ByteWriter(entries.length * indexEntryBytes + packFooterBytes);
  for (const entry of entries) {
    writer.bytes(Buffer.from(entry.id, 'hex')).u64(entry.offset).u32(entry.lengthBytes).u16(entry.pageCount);
    writer.u8(entry.codec).u8(entry.flags).u32(entry.keyId).u32(0).bytes(entry.digest);
  }
  const fileBytes = indexOffset + writer.length + packFooterBytes;
  writer.bytes(Buffer.from(endMagic)).u64(indexOffset).u32(entries.length).u32(0).u64(fileBytes);
  return writer.bytes(digestOf(header, writer.view())).view();
}

/** Where the index lies, from the footer; whether that is true is told by parsePackIndex. */
export function parsePackFooter(footer: Buffer, fileBytes: number): PackEnd {
  const reader = new ByteReader(footer);
  if (reader.text(8) !== endMagic) throw new MalformedBytes('it has no footer');
  const [indexOffset, blocks] = [reader.u64(), reader.u32()];
  reader.u32();
  if (blocks > blockCountLimit) throw new MalformedBytes(`it claims ${blocks} blocks`);
  if (reader.u64() !== fileBytes || indexOffset < packHeaderBytes || indexOffset + blocks * indexEntryBytes + packFooterBytes !== fileBytes) {
    throw new MalformedBytes('its footer does not fit its length');
  }
  return { indexOffset, blocks };
}

/** Checks header, index and footer by their digest and against each other. `end` are the bytes from the index to the end of the file. */
export function parsePackIndex(file: string, name: string, repositoryId: string, header: Buffer, end: Buffer, at: PackEnd): readonly IndexEntry[] {
  const sealed = end.length - digestLength;
  if (!digestOf(header, end.subarray(0, sealed)).equals(end.subarray(sealed))) throw new MalformedBytes('its index does not have its digest');
  checkHeader(file, name, repositoryId, header);
  const reader = new ByteReader(end, 0, at.blocks * indexEntryBytes);
  const entries: IndexEntry[] = [];
  let offset = packHeaderBytes;
  for (let ordinal = 0; ordinal < at.blocks; ordinal += 1) {
    const entry = parseEntry(reader);
    if (entry.offset !== offset) throw new MalformedBytes(`block ${entry.id} is not where the one before ends`);
    offset += entry.lengthBytes;
    entries.push(entry);
  }
  if (offset !== at.indexOffset) throw new MalformedBytes('its blocks do not reach its index');
  return entries;
}

function parseEntry(reader: ByteReader): IndexEntry {
  const id = reader.bytes(blockIdBytes).toString('hex');
  const [offset, lengthBytes, pageCount, codec, flags, keyId] = [reader.u64(), reader.u32(), reader.u16(), reader.u8(), reader.u8(), reader.u32()];
  reader.u32();
  if (
    pageCount < 1 ||
    pageCount > blockPages ||
    lengthBytes < blockHeaderBytes ||
    lengthBytes > blockHeaderBytes + extraLimitBytes + payloadLimitBytes
  ) {
    throw new MalformedBytes(`block ${id} has a size that no block has`);
  }
  return { id, offset, lengthBytes, pageCount, codec, flags, keyId, digest: Buffer.from(reader.bytes(digestLength)) };
}

function checkHeader(file: string, name: string, repositoryId: string, header: Buffer): void {
  const reader = new ByteReader(header);
  if (reader.text(8) !== headMagic) throw new MalformedBytes('it is not a pack');
  const [version, nameLength, flags] = [reader.u16(), reader.u16(), reader.u32()];
  if (version !== 1) throw newerFormat(file, `it has format version ${version}`);
  if (flags !== 0) throw newerFormat(file, `it has the flags ${flags}`);
  if (reader.bytes(16).toString('hex') !== repositoryId) throw new MalformedBytes('it belongs to another repository');
  reader.bytes(32);
  const own = reader.text(nameLength);
  if (own !== name) throw new MalformedBytes(`it is the pack ${JSON.stringify(own)}`);
}
