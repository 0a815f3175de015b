import { readFile, writeFile } from 'node:fs/promises';
import { digestOf } from '../../src/codec/digest.js';
import {
  encodePackEnd,
  encodePackHeader,
  type IndexEntry,
  packFooterBytes,
  packHeaderBytes,
  parsePackFooter,
  parsePackIndex,
} from '../../src/pack/pack-index.js';

export interface LooseBlock {
  readonly entry: IndexEntry;
  /** As it lies in the pack. */
  readonly bytes: Buffer;
}

export async function readBlocks(path: string, repositoryId: string): Promise<readonly LooseBlock[]> {
  const pack = await readFile(path);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const at = parsePackFooter(pack.subarray(-packFooterBytes), pack.length);
  const entries = parsePackIndex(path, name, repositoryId, pack.subarray(0, packHeaderBytes), pack.subarray(at.indexOffset), at);
  return entries.map((entry) => ({ entry, bytes: Buffer.from(pack.subarray(entry.offset, entry.offset + entry.lengthBytes)) }));
}

/** A pack of these blocks in which every digest is right, as somebody would write it who knows the format but no key. */
export async function writeBlocks(path: string, repositoryId: string, blocks: readonly LooseBlock[]): Promise<void> {
  const header = encodePackHeader(repositoryId, path.slice(path.lastIndexOf('/') + 1));
  let offset = header.length;
  const entries = blocks.map(({ entry, bytes }) => {
    const digest = digestOf(bytes.subarray(0, 64), bytes.subarray(96));
    digest.copy(bytes, 64);
    offset += bytes.length;
    return { ...entry, digest, offset: offset - bytes.length, lengthBytes: bytes.length, codec: bytes.readUInt8(4), keyId: bytes.readUInt32LE(40) };
  });
  await writeFile(path, Buffer.concat([header, ...blocks.map(({ bytes }) => bytes), encodePackEnd(header, entries, offset)]));
}
