import { join } from 'node:path';
import { digestLength } from '../codec/digest.js';
import type { OpenFile } from '../files/file-operations.js';
import { packName, type SnapshotName } from '../files/names.js';
import { writeFully } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { keyIdOffset } from './block.js';
import { encodePackEnd, encodePackHeader, type IndexEntry } from './pack-index.js';

/** Where a block's digest lies in its bytes; see docs/format.md, "Packs". */
const digestOffset = 64;

export interface FinishedBlock {
  readonly id: string;
  readonly codec: number;
  readonly pageCount: number;
  /** As they lie in a pack. Not used after the append. */
  readonly bytes: Buffer;
}

interface OpenPack {
  readonly name: string;
  readonly file: OpenFile;
  readonly header: Buffer;
  readonly entries: IndexEntry[];
  length: number;
}

/** Appends blocks to the packs of one snapshot; a full pack is synced while the next is filled. After a failure every later call fails. */
export class PackWriter {
  readonly #context: StoreContext;
  readonly #paths: JobPaths;
  readonly #snapshot: SnapshotName;
  #open: OpenPack | undefined;
  readonly #names: string[] = [];
  readonly #syncing: Promise<void>[] = [];
  #storedBytes = 0;

  constructor(context: StoreContext, paths: JobPaths, snapshot: SnapshotName) {
    this.#context = context;
    this.#paths = paths;
    this.#snapshot = snapshot;
  }

  /** Names of all packs begun, finished or not. */
  get names(): readonly string[] {
    return this.#names;
  }

  get storedBytes(): number {
    return this.#storedBytes;
  }

  /** The name of the pack that has it. One after the other only. */
  async append({ id, codec, pageCount, bytes }: FinishedBlock): Promise<string> {
    const pack = this.#open ?? (await this.#begin());
    await writeFully(pack.file, bytes, pack.length);
    const keyId = bytes.readUInt32LE(keyIdOffset);
    const digest = Buffer.from(bytes.subarray(digestOffset, digestOffset + digestLength));
    pack.entries.push({ id, offset: pack.length, lengthBytes: bytes.length, pageCount, codec, flags: 0, keyId, digest });
    pack.length += bytes.length;
    this.#storedBytes += bytes.length;
    if (pack.length >= this.#context.packTargetBytes) await this.#finishOpen(pack);
    return pack.name;
  }

  /** Resolves when every pack, then their directory, is synced. */
  async finish(): Promise<void> {
    if (this.#open !== undefined) await this.#finishOpen(this.#open);
    await Promise.all(this.#syncing);
    if (this.#names.length > 0) await this.#context.files.syncDirectory(this.#paths.packs, 'pack-directory');
  }

  /** Lets go of what is open without finishing it. */
  async abandon(): Promise<void> {
    const pack = this.#open;
    this.#open = undefined;
    await pack?.file.close().catch(() => undefined);
    await Promise.allSettled(this.#syncing);
  }

  async #begin(): Promise<OpenPack> {
    const name = packName(this.#snapshot, this.#names.length + 1);
    const file = await this.#context.files.open(join(this.#paths.packs, name), 'create');
    this.#names.push(name);
    const header = encodePackHeader(this.#context.repositoryId, name);
    const pack = { name, file, header, entries: [], length: header.length };
    this.#open = pack;
    await writeFully(file, header, 0);
    return pack;
  }

  async #finishOpen(pack: OpenPack): Promise<void> {
    const end = encodePackEnd(pack.header, pack.entries, pack.length);
    await writeFully(pack.file, end, pack.length);
    this.#open = undefined;
    this.#storedBytes += pack.header.length + end.length;
    const synced = syncAndClose(pack.file);
    // Told by `finish`.
    synced.catch(() => undefined);
    this.#syncing.push(synced);
  }
}

async function syncAndClose(file: OpenFile): Promise<void> {
  try {
    await file.sync('pack');
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
}
