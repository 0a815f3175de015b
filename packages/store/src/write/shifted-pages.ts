import type { ObjectHashes } from '../manifest/object-hashes.js';
import { windowPages, zeroBlock } from '../manifest/page-map.js';
import { WindowCursor } from '../manifest/window-cursor.js';
import { bitsBelow, type StoredObject } from './page-reference.js';

interface WindowCopy {
  readonly window: number;
  readonly mask: number;
  readonly ordinal: number;
  readonly blocks: Int32Array;
  readonly indexes: Uint8Array;
}

/** Sixteen pages of a stored object from any page on; asked in ascending order. They lie in two of its windows. */
export class ShiftedPages {
  readonly #hashes: ObjectHashes;
  readonly #cursor: WindowCursor;
  #copies: readonly WindowCopy[] = [];
  #first = Number.NaN;

  constructor({ map, hashes }: StoredObject) {
    this.#hashes = hashes;
    this.#cursor = new WindowCursor(map);
  }

  /** False where `load` has to be awaited before hashes are asked. */
  seek(firstPage: number): boolean {
    if (firstPage !== this.#first) {
      const window = Math.floor(firstPage / windowPages);
      this.#copies = [this.#copy(window), this.#copy(window + 1)];
      this.#first = firstPage;
    }
    const [from, count] = this.#ordinals();
    return count === 0 || this.#hashes.has(from, count);
  }

  async load(): Promise<void> {
    const [from, count] = this.#ordinals();
    if (count > 0) await this.#hashes.load(from, count);
  }

  block(position: number): number {
    const [copy, at] = this.#find(position);
    return copy === undefined ? zeroBlock : (copy.blocks[at] ?? zeroBlock);
  }

  index(position: number): number {
    const [copy, at] = this.#find(position);
    return copy?.indexes[at] ?? 0;
  }

  hash(position: number): Buffer | undefined {
    const [copy, at] = this.#find(position);
    return copy === undefined ? undefined : this.#hashes.get(copy.ordinal + bitsBelow(copy.mask, at));
  }

  /** The copy that has the page, undefined where none does, and its position there. */
  #find(position: number): readonly [WindowCopy | undefined, number] {
    const page = this.#first + position;
    const window = Math.floor(page / windowPages);
    const at = page - window * windowPages;
    const copy = this.#copies.find((one) => one.window === window);
    return [copy !== undefined && (copy.mask & (1 << at)) !== 0 ? copy : undefined, at];
  }

  /** Of all pages of both windows that are there: the first's ordinal, and how many. */
  #ordinals(): readonly [number, number] {
    const there = this.#copies.filter(({ mask }) => mask !== 0);
    return [there[0]?.ordinal ?? 0, there.reduce((sum, { mask }) => sum + bitsBelow(mask, windowPages), 0)];
  }

  #copy(window: number): WindowCopy {
    const known = this.#copies.find((one) => one.window === window);
    if (known !== undefined) return known;
    const cursor = this.#cursor;
    const isThere = cursor.seek(window);
    return {
      window,
      mask: isThere ? cursor.mask : 0,
      ordinal: isThere ? cursor.ordinal : 0,
      blocks: cursor.blocks.slice(),
      indexes: cursor.indexes.slice(),
    };
  }
}
