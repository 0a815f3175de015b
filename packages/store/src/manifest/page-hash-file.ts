import { hashLength, type KeyedHash } from '../codec/keyed-hash.js';

/** The layout of a file of page hashes; see docs/format.md, "Page hashes". */
export const pageHashLayout = {
  magic: 'HFPAGE1\n',
  version: 2,
  headerBytes: 64,
  /** A chunk has this many hashes, or fewer at the end of an object. */
  chunkHashes: 4096,
} as const;

/** In the table: nothing is known of the object's pages. */
export const unknownHashes = 0;

/** The hash that follows a chunk or the table; it depends on where they lie. */
export function sealOf(hash: KeyedHash, bytes: Uint8Array, position: number): Buffer {
  const sealed = Buffer.alloc(bytes.length + 8);
  sealed.set(bytes);
  sealed.writeBigUInt64LE(BigInt(position), bytes.length);
  const result = Buffer.alloc(hashLength);
  hash.into(result, 0, sealed);
  return result;
}
