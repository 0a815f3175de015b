import { hashLength } from '../codec/keyed-hash.js';
import { type ObjectMap, windowPages, zeroBlock } from './page-map.js';

/** Walks an object window by window and tells where each page of the window is. */
export class WindowCursor {
  /** Page number divided by windowPages; -1 before the first step. */
  window = -1;
  /** Bit n: the object has page n of the window. */
  mask = 0;
  /** Ordinal in the object of the window's first page. */
  ordinal = 0;
  pageCount = 0;
  /** Where the window's hash is in the object's hashes; -1 where all of its pages are zero. */
  hashOffset = -1;
  /** By position in the window; only positions of the mask mean anything. */
  readonly blocks: Int32Array = new Int32Array(windowPages);
  readonly indexes: Uint8Array = new Uint8Array(windowPages);
  readonly #map: ObjectMap;
  #run = 0;
  #inRun = 0;
  #segment = 0;
  #inSegment = 0;
  #nextHash = 0;

  constructor(map: ObjectMap) {
    this.#map = map;
  }

  /** Another one at the same window. */
  clone(): WindowCursor {
    const other = new WindowCursor(this.#map);
    [other.window, other.mask, other.ordinal, other.pageCount, other.hashOffset] = [
      this.window,
      this.mask,
      this.ordinal,
      this.pageCount,
      this.hashOffset,
    ];
    other.blocks.set(this.blocks);
    other.indexes.set(this.indexes);
    [other.#run, other.#inRun, other.#segment, other.#inSegment, other.#nextHash] = [
      this.#run,
      this.#inRun,
      this.#segment,
      this.#inSegment,
      this.#nextHash,
    ];
    return other;
  }

  /** Goes to the next window; false where there is none. */
  next(): boolean {
    const { runFirst, runCount } = this.#map;
    if (this.#run >= runFirst.length) {
      this.window = Number.POSITIVE_INFINITY;
      return false;
    }
    this.ordinal += this.pageCount;
    this.pageCount = 0;
    this.mask = 0;
    this.window = Math.floor(((runFirst[this.#run] ?? 0) + this.#inRun) / windowPages);
    const windowStart = this.window * windowPages;
    let allZero = true;
    while (this.#run < runFirst.length) {
      const first = runFirst[this.#run] ?? 0;
      const position = first + this.#inRun - windowStart;
      if (position >= windowPages) break;
      const left = (runCount[this.#run] ?? 0) - this.#inRun;
      const taken = Math.min(left, windowPages - position);
      for (let page = position; page < position + taken; page += 1) {
        this.mask |= 1 << page;
        if (this.#place(page)) allZero = false;
      }
      this.pageCount += taken;
      this.#inRun += taken;
      if (taken < left) break;
      this.#run += 1;
      this.#inRun = 0;
    }
    this.hashOffset = allZero ? -1 : this.#nextHash;
    if (!allZero) this.#nextHash += hashLength;
    return true;
  }

  /** Goes on to the first window at or after this one; true where it is this one. */
  seek(window: number): boolean {
    while (this.window < window) {
      if (!this.next()) return false;
    }
    return this.window === window;
  }

  /** Bytes of hashes that the windows so far have. */
  get hashBytes(): number {
    return this.#nextHash;
  }

  #place(page: number): boolean {
    const { segments } = this.#map;
    const block = segments.blocks[this.#segment] ?? zeroBlock;
    this.blocks[page] = block;
    this.indexes[page] = (segments.indexes[this.#segment] ?? 0) + this.#inSegment;
    this.#inSegment += 1;
    if (this.#inSegment >= (segments.counts[this.#segment] ?? 0)) {
      this.#segment += 1;
      this.#inSegment = 0;
    }
    return block !== zeroBlock;
  }
}
