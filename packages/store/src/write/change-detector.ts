import { pageSizeBytes } from '@holdfast/core';
import { hashLength, type KeyedHash } from '../codec/keyed-hash.js';
import { GrowingBytes } from '../manifest/growing-bytes.js';
import { GrowingSegments } from '../manifest/growing-segments.js';
import { type ObjectMap, windowPages, zeroBlock } from '../manifest/page-map.js';
import { WindowCursor } from '../manifest/window-cursor.js';
import type { BlockBuilder } from './block-builder.js';
import type { SourceWindow } from './read-windows.js';

/** The parent's object of the same key. */
export interface ParentObject {
  readonly map: ObjectMap;
  /** Of its pages, 16 bytes each, zeros where not known; undefined where none is known. */
  readonly pageHashes: Buffer | undefined;
}

const zeros = Buffer.alloc(windowPages * pageSizeBytes);
const unknown = Buffer.alloc(hashLength);

/** Compares an object's windows, then its pages, with the parent's; hands changed pages to the builder and notes where every page is. */
export class ChangeDetector {
  readonly segments: GrowingSegments = new GrowingSegments();
  readonly #windowHashes = new GrowingBytes();
  readonly #pageHashes = new GrowingBytes();
  readonly #hash: KeyedHash;
  readonly #builder: BlockBuilder;
  readonly #cursor: WindowCursor | undefined;
  readonly #parent: ParentObject | undefined;
  changedPages = 0;

  constructor(hash: KeyedHash, builder: BlockBuilder, parent: ParentObject | undefined) {
    this.#hash = hash;
    this.#builder = builder;
    this.#parent = parent;
    this.#cursor = parent === undefined ? undefined : new WindowCursor(parent.map);
  }

  get windowHashes(): Buffer {
    return this.#windowHashes.view();
  }

  get pageHashes(): Buffer {
    return this.#pageHashes.view();
  }

  /** Windows come in ascending order; `bytes` hold the window's pages from its offset on. */
  take({ window, mask, pageCount, offset }: SourceWindow, bytes: Buffer): void {
    const length = pageCount * pageSizeBytes;
    const hashes = this.#pageHashes.extend(pageCount * hashLength);
    if (isZero(bytes, offset, length)) {
      this.segments.append(zeroBlock, 0, pageCount);
      return;
    }
    const hash = this.#windowHashes.extend(hashLength);
    const content = bytes.subarray(offset, offset + length);
    this.#hash.into(hash.bytes, hash.offset, content);
    const known = this.#cursor?.seek(window) === true ? this.#cursor : undefined;
    const unchanged = known !== undefined && known.mask === mask && this.#sameHash(known, hash.bytes, hash.offset);
    let [page, before] = [0, 0];
    for (let position = 0; position < windowPages; position += 1) {
      const inParent = known !== undefined && (known.mask & (1 << position)) !== 0;
      if ((mask & (1 << position)) !== 0) {
        const target = hashes.offset + page * hashLength;
        const parentPage = inParent ? known.ordinal + before : -1;
        this.#takePage(bytes, offset + page * pageSizeBytes, { bytes: hashes.bytes, offset: target }, known, position, parentPage, unchanged);
        page += 1;
      }
      if (inParent) before += 1;
    }
  }

  #takePage(
    bytes: Buffer,
    offset: number,
    hash: { readonly bytes: Buffer; readonly offset: number },
    known: WindowCursor | undefined,
    position: number,
    parentPage: number,
    unchanged: boolean,
  ): void {
    if (isZero(bytes, offset, pageSizeBytes)) {
      this.segments.append(zeroBlock, 0, 1);
      return;
    }
    const inherited = parentPage >= 0 ? this.#parentHash(parentPage) : undefined;
    if (unchanged && inherited !== undefined) inherited.copy(hash.bytes, hash.offset);
    else this.#hash.into(hash.bytes, hash.offset, bytes.subarray(offset, offset + pageSizeBytes));
    const block = known?.blocks[position] ?? zeroBlock;
    const same = unchanged || (inherited !== undefined && inherited.compare(hash.bytes, hash.offset, hash.offset + hashLength) === 0);
    if (known !== undefined && parentPage >= 0 && block !== zeroBlock && same) {
      this.segments.append(block, known.indexes[position] ?? 0, 1);
      return;
    }
    const place = this.#builder.add(bytes, offset);
    this.segments.append(place.block, place.index, 1);
    this.changedPages += 1;
  }

  #sameHash(known: WindowCursor, bytes: Buffer, offset: number): boolean {
    const theirs = this.#parent?.map.windowHashes;
    if (theirs === undefined || known.hashOffset < 0) return false;
    return bytes.compare(theirs, known.hashOffset, known.hashOffset + hashLength, offset, offset + hashLength) === 0;
  }

  #parentHash(page: number): Buffer | undefined {
    const hash = this.#parent?.pageHashes?.subarray(page * hashLength, (page + 1) * hashLength);
    return hash === undefined || hash.equals(unknown) ? undefined : hash;
  }
}

function isZero(bytes: Buffer, offset: number, length: number): boolean {
  return bytes[offset] === 0 && bytes[offset + length - 1] === 0 && bytes.compare(zeros, 0, length, offset, offset + length) === 0;
}
