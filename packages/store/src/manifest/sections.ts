import { randomBytes } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { ByteReader, MalformedBytes } from '../codec/byte-reader.js';
import { ByteWriter } from '../codec/byte-writer.js';
import { digestLength, digestOf } from '../codec/digest.js';
import { seal, tagBytes, unseal } from '../encryption/aead.js';
import { saltBytes } from '../encryption/key-schedule.js';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';
import { newerFormat } from '../errors.js';
import { zstd } from '../pack/compress-block.js';

export const sectionTypes = { summary: 1, metadata: 2, packs: 3, blocks: 4, objects: 5, runs: 6, segments: 7, windows: 8 } as const;

const magic = 'HFMANI1\n';
const headerBytes = 32;
/** Must-understand flag of the header: a salt follows it, and every section is encrypted. */
const encryptedFlag = 1;
const entryBytes = 32;
const codecRaw = 0;
const codecZstd = 1;
const compressedFrom = 256;

export interface Section {
  readonly type: number;
  readonly bytes: Buffer;
  readonly compressible: boolean;
}

/** A decoder takes no more than this for stored bytes, so that a few hand-made bytes cannot ask for all memory. */
function decodedLimit(storedBytes: number): number {
  return storedBytes * 256 + 65_536;
}

/** The whole file; the first section is the summary. With a cipher every section is encrypted, under a salt of the file's own. */
export function encodeSections(sections: readonly Section[], cipher: RepositoryCipher | undefined): Buffer {
  const stored = sections.map((section) => store(section));
  const salt = cipher === undefined ? Buffer.alloc(0) : randomBytes(saltBytes);
  const sealBytes = cipher === undefined ? 0 : tagBytes;
  const lengthOf = ({ bytes }: StoredSection): number => bytes.length + sealBytes;
  const tableEnd = headerBytes + salt.length + stored.length * entryBytes;
  const headBytes = tableEnd + stored.slice(0, 1).reduce((sum, section) => sum + lengthOf(section), digestLength);
  const fileBytes = stored.reduce((sum, section) => sum + lengthOf(section), tableEnd) + 2 * digestLength;
  const writer = new ByteWriter(fileBytes);
  writer.bytes(Buffer.from(magic)).u16(1).u16(stored.length);
  writer
    .u32(cipher === undefined ? 0 : encryptedFlag)
    .u64(fileBytes)
    .u64(headBytes)
    .bytes(salt);
  let offset = tableEnd;
  for (const [ordinal, section] of stored.entries()) {
    const { type, codec, decodedBytes } = section;
    writer.u16(type).u8(codec).u8(1).u32(0).u64(offset).u64(lengthOf(section)).u64(decodedBytes);
    offset += lengthOf(section) + (ordinal === 0 ? digestLength : 0);
  }
  const sealing = cipher?.manifest(salt, Buffer.from(writer.view()));
  for (const [ordinal, { type, bytes }] of stored.entries()) {
    writer.bytes(sealing === undefined ? bytes : seal(sealing(type), bytes));
    if (ordinal === 0) writer.bytes(digestOf(writer.view()));
  }
  return writer.bytes(digestOf(writer.view())).view();
}

/** The decoded sections by type, after both digests were found to be right. Throws MalformedBytes, or HF_FORMAT_NEWER naming `file`. */
export function decodeSections(file: string, bytes: Buffer, cipher?: RepositoryCipher): ReadonlyMap<number, Buffer> {
  const sealed = bytes.length - digestLength;
  if (sealed < headerBytes || bytes.toString('latin1', 0, 8) !== magic) throw new MalformedBytes('it is not a manifest');
  if (!digestOf(bytes.subarray(0, sealed)).equals(bytes.subarray(sealed))) throw new MalformedBytes('it does not have its digest');
  const reader = new ByteReader(bytes, 8, sealed);
  const [version, count, flags, fileBytes, headBytes] = [reader.u16(), reader.u16(), reader.u32(), reader.u64(), reader.u64()];
  if (version !== 1) throw newerFormat(file, `it has format version ${version}`);
  if (flags > encryptedFlag) throw newerFormat(file, `it has the flags ${flags}`);
  if ((flags === encryptedFlag) !== (cipher !== undefined)) throw new MalformedBytes(mismatch(flags));
  if (fileBytes !== bytes.length) throw new MalformedBytes('its length is not what it says');
  const salt = reader.bytes(cipher === undefined ? 0 : saltBytes);
  const tableEnd = headerBytes + salt.length + count * entryBytes;
  const sealing = cipher?.manifest(salt, bytes.subarray(0, tableEnd));
  const sections = new Map<number, Buffer>();
  let offset = tableEnd;
  for (let ordinal = 0; ordinal < count; ordinal += 1) {
    const [type, codec, sectionFlags] = [reader.u16(), reader.u8(), reader.u8()];
    reader.u32();
    const [start, storedBytes, decodedBytes] = [reader.u64(), reader.u64(), reader.u64()];
    if (start !== offset || start + storedBytes > sealed) throw new MalformedBytes(`its section ${type} is not where the one before ends`);
    offset += storedBytes + (ordinal === 0 ? digestLength : 0);
    if (ordinal === 0 && (type !== sectionTypes.summary || offset !== headBytes)) throw new MalformedBytes('its head does not end after its summary');
    if (sections.has(type)) throw new MalformedBytes(`it has section ${type} twice`);
    if (!isKnown(type)) {
      if ((sectionFlags & 1) === 1) throw newerFormat(file, `it needs section ${type}`);
      continue;
    }
    if (codec > codecZstd) throw newerFormat(file, `section ${type} has codec ${codec}`);
    const stored = bytes.subarray(start, start + storedBytes);
    const plain = sealing === undefined ? stored : unseal(sealing(type), stored, `its section ${type}`);
    sections.set(type, restore(type, codec, plain, decodedBytes));
  }
  if (offset !== sealed) throw new MalformedBytes('its sections do not reach its digest');
  return sections;
}

function mismatch(flags: number): string {
  return flags === encryptedFlag ? 'it is encrypted although the repository is not' : 'it is not encrypted although the repository is';
}

interface StoredSection {
  readonly type: number;
  readonly codec: number;
  readonly bytes: Buffer;
  readonly decodedBytes: number;
}

function store({ type, bytes, compressible }: Section): StoredSection {
  if (compressible && bytes.length >= compressedFrom) {
    const packed = zstd(bytes);
    if (packed.length < bytes.length && bytes.length <= decodedLimit(packed.length))
      return { type, codec: codecZstd, bytes: packed, decodedBytes: bytes.length };
  }
  return { type, codec: codecRaw, bytes, decodedBytes: bytes.length };
}

function restore(type: number, codec: number, stored: Buffer, decodedBytes: number): Buffer {
  if (decodedBytes > decodedLimit(stored.length)) throw new MalformedBytes(`its section ${type} claims ${decodedBytes} bytes`);
  const bytes = codec === codecRaw ? stored : inflate(type, stored, decodedBytes);
  if (bytes.length !== decodedBytes) throw new MalformedBytes(`its section ${type} has ${bytes.length} bytes instead of ${decodedBytes}`);
  return bytes;
}

function inflate(type: number, stored: Buffer, decodedBytes: number): Buffer {
  try {
    return zstdDecompressSync(stored, { chunkSize: Math.max(64, decodedBytes), maxOutputLength: Math.max(1, decodedBytes) });
  } catch (error) {
    throw new MalformedBytes(`its section ${type} cannot be decompressed`, { cause: error });
  }
}

function isKnown(type: number): boolean {
  return type >= sectionTypes.summary && type <= sectionTypes.windows;
}
