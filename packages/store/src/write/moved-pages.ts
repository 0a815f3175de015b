import { windowPages, zeroBlock } from '../manifest/page-map.js';
import { findMoves, type Move } from './find-moves.js';
import type { CheckedObject } from './object-input.js';
import type { StoredObject, StoredPages } from './page-reference.js';
import type { ParentSnapshot } from './parent-snapshot.js';
import { ShiftedPages } from './shifted-pages.js';

/** Undefined where nothing looks as if it had been moved, as in all files: nothing moves them. */
export function movedPages(parent: ParentSnapshot, { key, kind, runFirst, runCount }: CheckedObject): MovedPages | undefined {
  const before = kind === 'memory' ? parent.object(key) : undefined;
  if (before === undefined) return undefined;
  const moves = findMoves(before.map, { runFirst, runCount });
  return moves.length === 0 ? undefined : new MovedPages(() => parent.object(key) ?? before, moves);
}

/** The parent's pages where moves say that they lie now, at the window that is being looked at. */
export class MovedPages implements StoredPages {
  readonly #open: () => StoredObject;
  readonly #moves: readonly Move[];
  readonly #shifted = new Map<number, ShiftedPages>();
  #at = 0;
  #current: ShiftedPages | undefined;

  /** `moves` ascend; `open` gives the parent's object anew for each distance, since each is read in an order of its own. */
  constructor(open: () => StoredObject, moves: readonly Move[]) {
    this.#open = open;
    this.#moves = moves;
  }

  seek(window: number): boolean {
    const start = window * windowPages;
    while (this.#endOf(this.#at) <= start) this.#at += 1;
    const move = this.#moves[this.#at];
    this.#current = undefined;
    if (move === undefined || move.firstPage >= start + windowPages) return true;
    // All of the window is looked for at this distance: mostly the moves in it are pieces of one, with holes between them.
    const shift = move.firstPage - move.fromPage;
    this.#current = this.#shifted.get(shift) ?? new ShiftedPages(this.#open());
    this.#shifted.set(shift, this.#current);
    return this.#current.seek(start - shift);
  }

  async load(): Promise<void> {
    await this.#current?.load();
  }

  isWindow(): boolean {
    return false;
  }

  block(position: number): number {
    return this.#current?.block(position) ?? zeroBlock;
  }

  index(position: number): number {
    return this.#current?.index(position) ?? 0;
  }

  hash(position: number): Buffer | undefined {
    return this.#current?.hash(position);
  }

  /** They lie in two windows. */
  copyHashes(): boolean {
    return false;
  }

  #endOf(at: number): number {
    const move = this.#moves[at];
    return move === undefined ? Number.POSITIVE_INFINITY : move.firstPage + move.pageCount;
  }
}
