import { hashLength } from '../codec/keyed-hash.js';
import type { ObjectHashes } from '../manifest/object-hashes.js';
import { type ObjectMap, windowPages, zeroBlock } from '../manifest/page-map.js';
import { WindowCursor } from '../manifest/window-cursor.js';

/** An object whose pages are stored already; its blocks are numbered as in the BlockCollector. */
export interface StoredObject {
  readonly map: ObjectMap;
  readonly hashes: ObjectHashes;
}

/** Pages that are stored already, at the window that is being looked at. */
export interface StoredPages {
  /** Windows come in ascending order. False where `load` has to be awaited before the rest is asked. */
  seek(window: number): boolean;
  load(): Promise<void>;
  /** True where it has these very pages. */
  isWindow(mask: number, hash: Buffer, at: number): boolean;
  /** The block that has its page at this position of the window; zeroBlock where it has none, or zeros. */
  block(position: number): number;
  index(position: number): number;
  /** The hash of its page there; undefined where it has none or it is not known. */
  hash(position: number): Buffer | undefined;
  /** Writes the hashes of all its pages of the window, in their order, at once; false, and nothing is written, where one is not known or that cannot be done. */
  copyHashes(target: Buffer, at: number): boolean;
}

/** One stored object, its pages where they are. */
export class PageReference implements StoredPages {
  readonly #map: ObjectMap;
  readonly #hashes: ObjectHashes;
  readonly #cursor: WindowCursor;
  #mask = 0;

  constructor({ map, hashes }: StoredObject) {
    this.#map = map;
    this.#hashes = hashes;
    this.#cursor = new WindowCursor(map);
  }

  seek(window: number): boolean {
    this.#mask = this.#cursor.seek(window) ? this.#cursor.mask : 0;
    return this.#mask === 0 || this.#hashes.has(this.#cursor.ordinal, this.#cursor.pageCount);
  }

  async load(): Promise<void> {
    await this.#hashes.load(this.#cursor.ordinal, this.#cursor.pageCount);
  }

  isWindow(mask: number, hash: Buffer, at: number): boolean {
    const { hashOffset } = this.#cursor;
    if (mask !== this.#mask || hashOffset < 0) return false;
    return hash.compare(this.#map.windowHashes, hashOffset, hashOffset + hashLength, at, at + hashLength) === 0;
  }

  /** Of the window; undefined where all of its pages are zero. */
  windowHash(): Buffer | undefined {
    const { hashOffset } = this.#cursor;
    return hashOffset < 0 ? undefined : this.#map.windowHashes.subarray(hashOffset, hashOffset + hashLength);
  }

  block(position: number): number {
    return (this.#mask & (1 << position)) === 0 ? zeroBlock : (this.#cursor.blocks[position] ?? zeroBlock);
  }

  index(position: number): number {
    return this.#cursor.indexes[position] ?? 0;
  }

  hash(position: number): Buffer | undefined {
    if ((this.#mask & (1 << position)) === 0) return undefined;
    return this.#hashes.get(this.#cursor.ordinal + bitsBelow(this.#mask, position));
  }

  copyHashes(target: Buffer, at: number): boolean {
    const { ordinal, blocks } = this.#cursor;
    let page = ordinal;
    for (let position = 0; position < windowPages; position += 1) {
      if ((this.#mask & (1 << position)) === 0) continue;
      // What is not known would never be known again: nobody else computes the hashes of pages that stay.
      if (blocks[position] !== zeroBlock && !this.#hashes.isKnown(page)) return false;
      page += 1;
    }
    return this.#hashes.copy(this.#cursor.ordinal, this.#cursor.pageCount, target, at);
  }
}

/** How many bits are set below a position; of sixteen. */
export function bitsBelow(mask: number, position: number): number {
  let bits = mask & ((1 << position) - 1);
  bits -= (bits >> 1) & 0x5555;
  bits = (bits & 0x3333) + ((bits >> 2) & 0x3333);
  bits = (bits + (bits >> 4)) & 0x0f0f;
  return (bits + (bits >> 8)) & 0x1f;
}
