import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { OpenFile } from '../files/file-operations.js';
import { packName, type SnapshotName } from '../files/names.js';
import { writeFully } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { compressPages } from './compress-block.js';
import { encodeBlock } from './encode-block.js';
import { encodePackEnd, encodePackHeader, type IndexEntry } from './pack-index.js';

interface OpenPack {
  readonly name: string;
  readonly file: OpenFile;
  readonly header: Buffer;
  readonly entries: IndexEntry[];
  length: number;
}

export interface WrittenBlock {
  readonly id: string;
  readonly pack: string;
}

/** Appends blocks to the packs of one snapshot. After a failure the pack is abandoned and every later call fails. */
export class PackWriter {
  readonly #context: StoreContext;
  readonly #paths: JobPaths;
  readonly #snapshot: SnapshotName;
  #open: OpenPack | undefined;
  readonly #names: string[] = [];
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

  async append(pages: Buffer, pageCount: number): Promise<WrittenBlock> {
    const id = randomBytes(16).toString('hex');
    const { codec, payload } = compressPages(pages, this.#context.compress);
    const block = encodeBlock({ id, codec, pageCount, extra: Buffer.alloc(0), payload });
    const pack = this.#open ?? (await this.#begin());
    await writeFully(pack.file, block.head, pack.length);
    await writeFully(pack.file, block.payload, pack.length + block.head.length);
    pack.entries.push({ id, offset: pack.length, lengthBytes: block.lengthBytes, pageCount, codec, flags: 0, keyId: 0, digest: block.digest });
    pack.length += block.lengthBytes;
    this.#storedBytes += block.lengthBytes;
    if (pack.length >= this.#context.packTargetBytes) await this.#finishOpen(pack);
    return { id, pack: pack.name };
  }

  /** Finishes and syncs what is open, then the directory. */
  async finish(): Promise<void> {
    if (this.#open !== undefined) await this.#finishOpen(this.#open);
    if (this.#names.length > 0) await this.#context.files.syncDirectory(this.#paths.packs, 'pack-directory');
  }

  /** Lets go of what is open without finishing it. */
  async abandon(): Promise<void> {
    const pack = this.#open;
    this.#open = undefined;
    await pack?.file.close().catch(() => undefined);
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
    await pack.file.sync('pack');
    this.#open = undefined;
    await pack.file.close();
    this.#storedBytes += pack.header.length + end.length;
  }
}
