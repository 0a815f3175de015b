import { hashLength } from '../codec/keyed-hash.js';
import type { ReadAhead } from '../files/read-ahead.js';
import { pageHashLayout, type PageHashSealer, unknownHashes } from './page-hash-file.js';

const { chunkHashes, sealBytes } = pageHashLayout;
const unknown = Buffer.alloc(hashLength);

/** The hashes of one object's pages, read chunk by chunk in ascending order; two chunks at most are in memory. What is not right is not known. */
export class ObjectHashes {
  readonly #sealer: PageHashSealer;
  readonly #file: ReadAhead | undefined;
  readonly #offset: number;
  readonly #pageCount: number;
  readonly #chunks = new Map<number, Buffer | undefined>();

  /** `offset` is where the object's first chunk lies in `file`. */
  constructor(sealer: PageHashSealer, file: ReadAhead | undefined, offset: number, pageCount: number) {
    this.#sealer = sealer;
    this.#file = offset === unknownHashes ? undefined : file;
    this.#offset = offset;
    this.#pageCount = pageCount;
  }

  /** True where `get` can tell of these pages without reading. */
  has(first: number, count: number): boolean {
    return this.#file === undefined || count === 0 || (this.#chunks.has(chunkOf(first)) && this.#chunks.has(chunkOf(first + count - 1)));
  }

  async load(first: number, count: number): Promise<void> {
    const [from, to] = [chunkOf(first), chunkOf(first + count - 1)];
    for (const known of this.#chunks.keys()) if (known < from) this.#chunks.delete(known);
    for (let ordinal = from; ordinal <= to; ordinal += 1) if (!this.#chunks.has(ordinal)) this.#chunks.set(ordinal, await this.#read(ordinal));
  }

  /** The hash of a page that was loaded; undefined where it is not known. */
  get(page: number): Buffer | undefined {
    const chunk = this.#chunks.get(chunkOf(page));
    const at = (page % chunkHashes) * hashLength;
    const hash = chunk?.subarray(at, at + hashLength);
    return hash === undefined || hash.equals(unknown) ? undefined : hash;
  }

  /** Whether `get` would tell of this page. */
  isKnown(page: number): boolean {
    const at = (page % chunkHashes) * hashLength;
    // Few known hashes begin in zeros.
    return (this.#chunks.get(chunkOf(page))?.readUInt32LE(at) ?? 0) !== 0 || this.get(page) !== undefined;
  }

  /** Copies the hashes of these pages; false, and nothing is copied, where they are not in one chunk that could be read. Those of zero pages, and of pages whose hash is not known, are zeros. */
  copy(first: number, count: number, target: Buffer, offset: number): boolean {
    const chunk = this.#chunks.get(chunkOf(first));
    const at = (first % chunkHashes) * hashLength;
    if (chunk === undefined || at + count * hashLength > chunk.length) return false;
    chunk.copy(target, offset, at, at + count * hashLength);
    return true;
  }

  async #read(ordinal: number): Promise<Buffer | undefined> {
    if (this.#file === undefined) return undefined;
    const sealedBytes = Math.min(chunkHashes, this.#pageCount - ordinal * chunkHashes) * hashLength + sealBytes;
    const position = this.#offset + ordinal * (chunkHashes * hashLength + sealBytes);
    const sealed = await this.#file.read(position, sealedBytes).catch(() => Buffer.alloc(0));
    return sealed.length === sealedBytes ? this.#sealer.unseal(sealed, position) : undefined;
  }
}

function chunkOf(page: number): number {
  return Math.floor(page / chunkHashes);
}
