import { join } from 'node:path';
import { ByteWriter } from '../codec/byte-writer.js';
import { hashLength } from '../codec/keyed-hash.js';
import type { OpenFile } from '../files/file-operations.js';
import { pageHashesName, type SnapshotName, temporaryName } from '../files/names.js';
import { removeIfThere, writeFully } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { createPageHashSealer, pageHashLayout, type PageHashSealer } from './page-hash-file.js';

const chunkBytes = pageHashLayout.chunkHashes * hashLength;
const writeBytes = 256 * 1024;

/**
 * Writes the hashes of a snapshot's pages while they are found, so that memory does not grow with them. The file is a help for the next snapshot and no
 * more: a failure to write it is logged, and from then on nothing is written.
 */
export class PageHashWriter {
  readonly #context: StoreContext;
  readonly #path: string;
  readonly #temporary: string;
  /** Also for who reads finished objects of the file. */
  readonly sealer: PageHashSealer;
  #file: OpenFile | undefined;
  #failed = false;
  /**
   * Where the object began, where the next piece will lie, and how much of the file is written. In an encrypted repository a piece's place is its nonce,
   * below a salt that is this writer's alone: `#length` never goes back, neither for an object that is given up nor for a write that fails, so that no
   * nonce comes twice.
   */
  #objectStart: number;
  #length: number;
  #written: number;
  readonly #chunk: Buffer = Buffer.alloc(chunkBytes);
  #used = 0;
  #waiting: Buffer[] = [];

  constructor(context: StoreContext, paths: JobPaths, name: SnapshotName) {
    this.#context = context;
    this.#path = join(paths.manifests, pageHashesName(name));
    this.#temporary = temporaryName(this.#path);
    this.sealer = createPageHashSealer(context);
    this.#objectStart = this.#length = this.#written = this.sealer.headerBytes;
  }

  /** Forgets what was said of an object that was not finished. */
  beginObject(): void {
    this.#chunk.fill(0, 0, this.#used);
    this.#used = 0;
    this.#objectStart = this.#length;
  }

  /** Room for the hash of the object's next page: 16 zeroed bytes at this offset of `chunk`; left so, they mean that it is not known. */
  next(): number {
    if (this.#used === chunkBytes) this.#closeChunk();
    const offset = this.#used;
    this.#used += hashLength;
    return offset;
  }

  /** Room for the hashes of the next pages at once. False, and nothing is taken, where it is not in one chunk or `write` does not write them. */
  take(count: number, write: (chunk: Buffer, offset: number) => boolean): boolean {
    if (this.#used + count * hashLength > chunkBytes || !write(this.#chunk, this.#used)) return false;
    this.#used += count * hashLength;
    return true;
  }

  get chunk(): Buffer {
    return this.#chunk;
  }

  /** Tells where the object's hashes are. */
  finishObject(): number {
    if (this.#used > 0) this.#closeChunk();
    return this.#objectStart;
  }

  /** True where more waits to be written than should stay in memory. */
  get wantsFlush(): boolean {
    return this.#length - this.#written >= writeBytes;
  }

  /** Writes what waits; the file, for who looks up a finished object, or undefined where nothing was kept. */
  async flush(): Promise<OpenFile | undefined> {
    const bytes = Buffer.concat(this.#waiting.splice(0));
    const position = this.#written;
    this.#written += bytes.length;
    await this.#write(bytes, position);
    return this.#failed ? undefined : this.#file;
  }

  /** Writes the table of where each object's hashes are, in the manifest's order, and the header, and gives the file its name. False where there is none. */
  async publish(manifestDigest: Buffer, objectOffsets: readonly number[]): Promise<boolean> {
    const table = new ByteWriter(objectOffsets.length * 8);
    for (const offset of objectOffsets) table.u64(offset);
    const header = new ByteWriter(this.sealer.headerBytes).bytes(Buffer.from(pageHashLayout.magic)).u16(this.sealer.version).zeros(6);
    header.bytes(manifestDigest).u64(this.#length).u64(objectOffsets.length).bytes(this.sealer.salt);
    const sealed = this.sealer.seal(table.view(), this.#length, header.view());
    this.#waiting.push(sealed);
    // Nothing else is ever sealed for this place.
    this.#length += sealed.length;
    const file = await this.flush();
    await this.#write(header.view(), 0);
    if (file === undefined || this.#failed) return false;
    this.#file = undefined;
    try {
      await file.close();
      await this.#context.files.rename(this.#temporary, this.#path);
      return true;
    } catch (error) {
      this.#warn(error);
      await removeIfThere(this.#context.files, this.#temporary).catch(() => false);
      return false;
    }
  }

  /** Removes what was written. Harmless once published. */
  async abandon(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#failed = true;
    if (file === undefined) return;
    await file.close().catch(() => undefined);
    await removeIfThere(this.#context.files, this.#temporary).catch(() => false);
  }

  #closeChunk(): void {
    const sealed = this.sealer.seal(this.#chunk.subarray(0, this.#used), this.#length);
    this.#waiting.push(sealed);
    this.#length += sealed.length;
    this.#chunk.fill(0, 0, this.#used);
    this.#used = 0;
  }

  async #write(bytes: Buffer, position: number): Promise<void> {
    if (this.#failed) return;
    try {
      this.#file ??= await this.#context.files.open(this.#temporary, 'create');
      await writeFully(this.#file, bytes, position);
    } catch (error) {
      this.#warn(error);
      await this.abandon();
    }
  }

  #warn(error: unknown): void {
    this.#context.logger.warn({ file: this.#path, error }, 'page hashes could not be written; the next snapshot will be larger');
  }
}
