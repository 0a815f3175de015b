import type { ObjectLayout } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core/basics';
import { type ObjectMap, windowPages, zeroBlock } from '../manifest/page-map.js';
import { WindowCursor } from '../manifest/window-cursor.js';

export const batchPages = 256;

/** Pages that lie one after the other in a block, or zeros. */
export interface PageCopy {
  /** Ordinal of the block, or zeroBlock. */
  readonly block: number;
  readonly index: number;
  /** In the batch. */
  readonly offset: number;
  pageCount: number;
}

export interface PlannedWindow {
  readonly window: number;
  readonly offset: number;
  readonly lengthBytes: number;
  /** Where its hash is in the object's hashes. */
  readonly hashOffset: number;
}

/** Bytes that go to one place of the rebuilt file. */
export interface PlannedPiece {
  /** Where it goes, in pages. */
  readonly target: number;
  readonly offset: number;
  pageCount: number;
}

export interface ObjectBatch {
  readonly copies: readonly PageCopy[];
  readonly windows: readonly PlannedWindow[];
  readonly pieces: readonly PlannedPiece[];
  readonly pageCount: number;
}

/** Where to take the pages of an object from and where to put them, in whole windows, at most `batchPages` at a time. Windows that are all zero, or that `isKnown` knows, are passed over. */
export function* planObject(
  map: ObjectMap,
  layout: ObjectLayout,
  isKnown: (cursor: WindowCursor) => boolean = () => false,
): Generator<ObjectBatch, undefined> {
  const cursor = new WindowCursor(map);
  let batch = new GrowingBatch(layout);
  while (cursor.next()) {
    if (cursor.hashOffset < 0 || isKnown(cursor)) continue;
    if (batch.pageCount + windowPages > batchPages) {
      yield batch;
      batch = new GrowingBatch(layout);
    }
    batch.add(cursor);
  }
  if (batch.pageCount > 0) yield batch;
}

/** Windows that are added to it one by one, and no more than fit. */
export class GrowingBatch implements ObjectBatch {
  readonly copies: PageCopy[] = [];
  readonly windows: PlannedWindow[] = [];
  readonly pieces: PlannedPiece[] = [];
  pageCount = 0;
  readonly #layout: ObjectLayout;

  constructor(layout: ObjectLayout) {
    this.#layout = layout;
  }

  add(cursor: WindowCursor): void {
    const start = this.pageCount;
    for (let position = 0; position < windowPages; position += 1) {
      if ((cursor.mask & (1 << position)) === 0) continue;
      this.#addCopy(cursor.blocks[position] ?? zeroBlock, cursor.indexes[position] ?? 0);
      this.#addPiece(this.#layout === 'sparse' ? cursor.window * windowPages + position : cursor.ordinal + this.pageCount - start);
      this.pageCount += 1;
    }
    const [offset, lengthBytes] = [start * pageSizeBytes, (this.pageCount - start) * pageSizeBytes];
    this.windows.push({ window: cursor.window, offset, lengthBytes, hashOffset: cursor.hashOffset });
  }

  #addCopy(block: number, index: number): void {
    const last = this.copies.at(-1);
    if (last !== undefined && last.block === block && (block === zeroBlock || last.index + last.pageCount === index)) last.pageCount += 1;
    else this.copies.push({ block, index, offset: this.pageCount * pageSizeBytes, pageCount: 1 });
  }

  #addPiece(target: number): void {
    const last = this.pieces.at(-1);
    if (last !== undefined && last.target + last.pageCount === target) last.pageCount += 1;
    else this.pieces.push({ target, offset: this.pageCount * pageSizeBytes, pageCount: 1 });
  }
}
