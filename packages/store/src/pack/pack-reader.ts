import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core/basics';
import { MalformedBytes } from '../codec/byte-reader.js';
import { corrupt } from '../errors.js';
import type { FileOperations, OpenFile } from '../files/file-operations.js';
import { readFully } from '../files/whole-files.js';
import type { ParsedBlock } from './block.js';
import { type IndexEntry, packFooterBytes, packHeaderBytes, parsePackFooter, parsePackIndex } from './pack-index.js';
import { parseBlock } from './parse-block.js';

/** An open pack whose index was verified. */
export class PackReader {
  readonly path: string;
  readonly entries: readonly IndexEntry[];
  readonly sizeBytes: number;
  readonly #file: OpenFile;

  private constructor(path: string, file: OpenFile, entries: readonly IndexEntry[], sizeBytes: number) {
    this.path = path;
    this.#file = file;
    this.entries = entries;
    this.sizeBytes = sizeBytes;
  }

  /** Rejects with HF_PACK_CORRUPT or HF_FORMAT_NEWER, and with the system's error (ENOENT) where it cannot be opened. */
  static async open(files: FileOperations, directory: string, name: string, repositoryId: string): Promise<PackReader> {
    const path = join(directory, name);
    const file = await files.open(path, 'read');
    try {
      const { type, sizeBytes } = await file.info();
      if (type !== 'file' || sizeBytes < packHeaderBytes + packFooterBytes) throw new MalformedBytes('it is too short for a pack');
      const footer = await readExactly(file, packFooterBytes, sizeBytes - packFooterBytes);
      const at = parsePackFooter(footer, sizeBytes);
      const header = await readExactly(file, packHeaderBytes, 0);
      const end = await readExactly(file, sizeBytes - at.indexOffset, at.indexOffset);
      return new PackReader(path, file, parsePackIndex(path, name, repositoryId, header, end, at), sizeBytes);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw explain(path, error);
    }
  }

  /** A block as it is stored, into the beginning of `target`; nothing is verified. */
  async readStored(entry: IndexEntry, target: Buffer): Promise<void> {
    try {
      await fill(this.#file, target.subarray(0, entry.lengthBytes), entry.offset);
    } catch (error) {
      throw explain(this.path, error);
    }
  }

  /** A block whose digest was verified, from what `readStored` gave; encrypted as it is stored. */
  parse(entry: IndexEntry, stored: Buffer): ParsedBlock {
    try {
      return parseBlock(this.path, stored.subarray(0, entry.lengthBytes), entry);
    } catch (error) {
      throw explain(this.path, error);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function readExactly(file: OpenFile, length: number, position: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  await fill(file, bytes, position);
  return bytes;
}

async function fill(file: OpenFile, target: Buffer, position: number): Promise<void> {
  const got = await readFully(file, target, position);
  if (got < target.length) throw new MalformedBytes(`it ends ${target.length - got} bytes too early`);
}

function explain(path: string, error: unknown): unknown {
  if (isHoldfastError(error) || !(error instanceof MalformedBytes)) return error;
  return corrupt('HF_PACK_CORRUPT', path, error.message, error);
}
