import { join } from 'node:path';
import { ByteReader } from '../codec/byte-reader.js';
import { ByteWriter } from '../codec/byte-writer.js';
import { hashLength, type KeyedHash } from '../codec/keyed-hash.js';
import { pageHashesName, type SnapshotName, temporaryName } from '../files/names.js';
import { readFully, removeIfThere, withFile, writeNewFile } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

const magic = 'HFPAGE1\n';
const headerBytes = 64;
const chunkHashes = 4096;
const chunkBytes = chunkHashes * hashLength;

/**
 * Writes the hashes of all pages of a manifest beside it, for the change test of the next snapshot. See docs/format.md, "Page hashes".
 * Not synced: without it the next snapshot is larger, nothing else.
 */
export async function writePageHashes(
  context: StoreContext,
  paths: JobPaths,
  name: SnapshotName,
  manifestDigest: Buffer,
  hashes: readonly Buffer[],
): Promise<void> {
  const path = join(paths.manifests, pageHashesName(name));
  const temporary = temporaryName(path);
  const total = hashes.reduce((sum, { length }) => sum + length, 0);
  const header = new ByteWriter(headerBytes)
    .bytes(Buffer.from(magic))
    .u16(1)
    .zeros(6)
    .bytes(manifestDigest)
    .u64(total / hashLength)
    .zeros(8);
  const body = new ByteWriter(total + Math.ceil(total / chunkBytes) * hashLength + 64);
  let pending = Buffer.concat(hashes);
  for (let ordinal = 0; pending.length > 0; ordinal += 1) {
    const chunk = pending.subarray(0, chunkBytes);
    pending = pending.subarray(chunk.length);
    body.bytes(chunk).bytes(chunkHash(context.hash, chunk, ordinal));
  }
  try {
    await writeNewFile(context.files, temporary, [header.view(), body.view()], undefined);
    await context.files.rename(temporary, path);
  } catch (error) {
    await removeIfThere(context.files, temporary).catch(() => false);
    throw error;
  }
}

/** Hashes of `count` pages from the `first` of the manifest on; undefined where they are not there or not right. */
export async function readPageHashes(
  context: StoreContext,
  paths: JobPaths,
  name: SnapshotName,
  manifestDigest: Buffer,
  first: number,
  count: number,
): Promise<Buffer | undefined> {
  try {
    return await withFile(context.files, join(paths.manifests, pageHashesName(name)), async (file) => {
      const header = Buffer.alloc(headerBytes);
      await readFully(file, header, 0);
      const reader = new ByteReader(header);
      if (reader.text(8) !== magic || reader.u16() !== 1) return undefined;
      reader.bytes(6);
      if (!reader.bytes(32).equals(manifestDigest)) return undefined;
      const pages = reader.u64();
      if (first + count > pages) return undefined;
      const chunks: Buffer[] = [];
      const firstChunk = Math.floor(first / chunkHashes);
      for (let ordinal = firstChunk; ordinal * chunkHashes < first + count; ordinal += 1) {
        const length = Math.min(chunkHashes, pages - ordinal * chunkHashes) * hashLength;
        const bytes = Buffer.alloc(length + hashLength);
        const got = await readFully(file, bytes, headerBytes + ordinal * (chunkBytes + hashLength));
        const chunk = bytes.subarray(0, length);
        if (got < bytes.length || !chunkHash(context.hash, chunk, ordinal).equals(bytes.subarray(length))) return undefined;
        chunks.push(chunk);
      }
      const start = (first - firstChunk * chunkHashes) * hashLength;
      return Buffer.concat(chunks).subarray(start, start + count * hashLength);
    });
  } catch {
    return undefined;
  }
}

function chunkHash(hash: KeyedHash, chunk: Buffer, ordinal: number): Buffer {
  const sealed = Buffer.alloc(chunk.length + 8);
  chunk.copy(sealed);
  sealed.writeBigUInt64LE(BigInt(ordinal), chunk.length);
  const result = Buffer.alloc(hashLength);
  hash.into(result, 0, sealed);
  return result;
}
