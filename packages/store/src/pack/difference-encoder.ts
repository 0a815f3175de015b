import { readSync } from 'node:fs';
import { pageSizeBytes } from '@holdfast/core/basics';
import { ByteWriter } from '../codec/byte-writer.js';
import type { KeyedHash } from '../codec/keyed-hash.js';
import type { BlockSlot } from '../workers/block-slot.js';
import { blockBytes } from './block.js';
import { xorInto } from './xor-pages.js';

export interface Difference {
  /** The pages XORed with their older selves; those without one are whole. Valid until the next call. */
  readonly pages: Buffer;
  /** The plan as it is stored; see docs/format.md, "Packs". */
  readonly extra: Buffer;
}

const wholePage = 0xffff;

/** Makes differences of pages to their older selves, one block at a time. */
export class DifferenceEncoder {
  readonly #hash: KeyedHash;
  readonly #old: Buffer = Buffer.allocUnsafeSlow(blockBytes);
  readonly #difference: Buffer = Buffer.allocUnsafeSlow(blockBytes);

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** Undefined where no older page is what it was: what cannot be read or has another hash is taken as not there. */
  encode(slot: BlockSlot, pageCount: number, bases: readonly string[]): Difference | undefined {
    const read = this.#readOldPages(slot, pageCount);
    if (read.size === 0) return undefined;
    const extra = new ByteWriter().u16(bases.length);
    for (const id of bases) extra.bytes(Buffer.from(id, 'hex'));
    const lengthBytes = pageCount * pageSizeBytes;
    slot.pages.copy(this.#difference, 0, 0, lengthBytes);
    let differing = 0;
    for (let ordinal = 0; ordinal < pageCount; ordinal += 1) {
      const page = slot.oldPage(ordinal);
      const start = ordinal * pageSizeBytes;
      const isKnown =
        page !== undefined && read.has(ordinal) && this.#hash.equals(slot.oldHash(ordinal), 0, this.#old.subarray(start, start + pageSizeBytes));
      extra.u16(isKnown ? page.base : wholePage).u16(isKnown ? page.index : 0);
      if (!isKnown) continue;
      xorInto(this.#difference, start, this.#old, start, pageSizeBytes);
      differing += 1;
    }
    return differing === 0 ? undefined : { pages: this.#difference.subarray(0, lengthBytes), extra: extra.view() };
  }

  /** Reads what follows each other in a file at once. Tells which pages were there. */
  #readOldPages(slot: BlockSlot, pageCount: number): ReadonlySet<number> {
    const read = new Set<number>();
    for (let first = 0; first < pageCount; ) {
      const page = slot.oldPage(first);
      let count = 1;
      if (page !== undefined) {
        while (first + count < pageCount && follows(slot.oldPage(first + count), page, count)) count += 1;
        if (readWhole(page.descriptor, this.#old, first * pageSizeBytes, count * pageSizeBytes, page.offset))
          for (let at = 0; at < count; at += 1) read.add(first + at);
      }
      first += count;
    }
    return read;
  }
}

function follows(next: ReturnType<BlockSlot['oldPage']>, first: NonNullable<ReturnType<BlockSlot['oldPage']>>, count: number): boolean {
  return next !== undefined && next.descriptor === first.descriptor && next.offset === first.offset + count * pageSizeBytes;
}

function readWhole(descriptor: number, target: Buffer, at: number, length: number, offset: number): boolean {
  try {
    return readSync(descriptor, target, at, length, offset) === length;
  } catch {
    return false;
  }
}
