import { join } from 'node:path';
import type { OpenFile } from '../files/file-operations.js';
import { temporaryName } from '../files/names.js';
import { removeIfThere, writeFully } from '../files/whole-files.js';
import { encodePackEnd, encodePackHeader, type IndexEntry } from '../pack/pack-index.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

/**
 * A pack of blocks from other packs. It has its final name only when it is whole and durable, since a prune at the same time removes a pack without
 * a footer. Disposing of it before `finish` leaves nothing behind.
 */
export class MovedPackWriter implements AsyncDisposable {
  readonly #context: StoreContext;
  readonly #directory: string;
  readonly #name: string;
  readonly #temporary: string;
  readonly #header: Buffer;
  readonly #entries = new Map<string, IndexEntry>();
  #file: OpenFile | undefined;
  #length: number;
  #finished = false;

  private constructor(context: StoreContext, paths: JobPaths, name: string, temporary: string, file: OpenFile) {
    this.#context = context;
    this.#directory = paths.packs;
    this.#name = name;
    this.#temporary = temporary;
    this.#header = encodePackHeader(context.repositoryId, name);
    this.#length = this.#header.length;
    this.#file = file;
  }

  static async create(context: StoreContext, paths: JobPaths, name: string): Promise<MovedPackWriter> {
    const temporary = temporaryName(join(paths.packs, name));
    const writer = new MovedPackWriter(context, paths, name, temporary, await context.files.open(temporary, 'create'));
    return writer;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** Takes a block whose bytes were verified against `entry`. */
  async append(entry: IndexEntry, bytes: Uint8Array): Promise<void> {
    await writeFully(this.#open(), bytes, this.#length);
    this.#entries.set(entry.id, { ...entry, offset: this.#length });
    this.#length += bytes.length;
  }

  /** Makes the pack durable under its final name and tells its size. */
  async finish(): Promise<number> {
    const file = this.#open();
    const end = encodePackEnd(this.#header, [...this.#entries.values()], this.#length);
    await writeFully(file, this.#header, 0);
    await writeFully(file, end, this.#length);
    await file.sync('pack');
    this.#file = undefined;
    await file.close();
    await this.#context.files.rename(this.#temporary, join(this.#directory, this.#name));
    this.#finished = true;
    await this.#context.files.syncDirectory(this.#directory, 'pack-directory');
    return this.#length + end.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    if (!this.#finished) await removeIfThere(this.#context.files, this.#temporary).catch(() => false);
  }

  #open(): OpenFile {
    if (this.#file === undefined) throw new RangeError(`the pack ${this.#name} is finished`);
    return this.#file;
  }
}
