import { pageSizeBytes } from '@holdfast/core/basics';
import { hashLength } from '../codec/keyed-hash.js';

/** Of the pages that a slot holds. */
export const slotPages = 256;

const expectedLimit = 2;
const entryBytes = 64;
const entriesBytes = slotPages * entryBytes;
const entryOffsets = { offset: 0, pageCount: 4, pagesHashed: 6, expectedCount: 7, hash: 16, expected: 32 } as const;

/** Pages of one window, one after the other in the slot. */
export interface SlotWindow {
  /** In bytes. */
  readonly offset: number;
  readonly pageCount: number;
}

/** A keyed hash among others. */
export interface HashPlace {
  readonly hashes: Buffer;
  readonly at: number;
}

/** Memory for windows and their hashes, seen by all threads. Who has the slot has its bytes: nobody else touches them until it is given back. */
export class WindowSlot {
  readonly memory: SharedArrayBuffer;
  readonly pages: Buffer;
  readonly #entries: DataView;
  readonly #entryBytes: Buffer;
  readonly #pageHashes: Buffer;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(slotPages * (pageSizeBytes + entryBytes + hashLength))) {
    const pagesBytes = slotPages * pageSizeBytes;
    this.memory = memory;
    this.pages = Buffer.from(memory, 0, pagesBytes);
    this.#entries = new DataView(memory, pagesBytes, entriesBytes);
    this.#entryBytes = Buffer.from(memory, pagesBytes, entriesBytes);
    this.#pageHashes = Buffer.from(memory, pagesBytes + entriesBytes, slotPages * hashLength);
  }

  /** Asks for the hash of a window, and where none of `expected` is that, for those of its pages too. The first two count. */
  setWindow(index: number, { offset, pageCount }: SlotWindow, expected: readonly HashPlace[]): void {
    const entry = index * entryBytes;
    const places = expected.slice(0, expectedLimit);
    this.#entries.setUint32(entry + entryOffsets.offset, offset, true);
    this.#entries.setUint16(entry + entryOffsets.pageCount, pageCount, true);
    this.#entries.setUint8(entry + entryOffsets.pagesHashed, 0);
    this.#entries.setUint8(entry + entryOffsets.expectedCount, places.length);
    for (const [number, { hashes, at }] of places.entries())
      hashes.copy(this.#entryBytes, entry + entryOffsets.expected + number * hashLength, at, at + hashLength);
  }

  window(index: number): SlotWindow {
    const entry = index * entryBytes;
    const pageCount = this.#entries.getUint16(entry + entryOffsets.pageCount, true);
    return { offset: this.#entries.getUint32(entry + entryOffsets.offset, true), pageCount };
  }

  /** Of a window: 16 bytes of the slot. */
  windowHash(index: number): Buffer {
    const at = index * entryBytes + entryOffsets.hash;
    return this.#entryBytes.subarray(at, at + hashLength);
  }

  /** True where the hashes of a window's pages are wanted, once its own is there. */
  wantsPages(index: number): boolean {
    const entry = index * entryBytes;
    const hash = entry + entryOffsets.hash;
    for (let number = 0; number < this.#entries.getUint8(entry + entryOffsets.expectedCount); number += 1) {
      const expected = entry + entryOffsets.expected + number * hashLength;
      if (this.#entryBytes.compare(this.#entryBytes, expected, expected + hashLength, hash, hash + hashLength) === 0) return false;
    }
    return true;
  }

  /** Notes that those of all its pages but the zero ones are there. */
  setPagesHashed(index: number): void {
    this.#entries.setUint8(index * entryBytes + entryOffsets.pagesHashed, 1);
  }

  hasPageHashes(index: number): boolean {
    return this.#entries.getUint8(index * entryBytes + entryOffsets.pagesHashed) === 1;
  }

  /** Of the page at this offset of `pages`: 16 bytes of the slot. */
  pageHash(offset: number): Buffer {
    const at = (offset / pageSizeBytes) * hashLength;
    return this.#pageHashes.subarray(at, at + hashLength);
  }
}
