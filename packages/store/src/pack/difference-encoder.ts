import { readSync } from 'node:fs';
import { pageSizeBytes } from '@holdfast/core/basics';
import { ByteWriter } from '../codec/byte-writer.js';
import type { KeyedHash } from '../codec/keyed-hash.js';
import type { BlockSlot } from '../workers/block-slot.js';
import { blockBytes } from './block.js';
import { areAlike } from './page-likeness.js';
import { xorInto } from './xor-pages.js';

export interface Difference {
  /** Those pages that are much like their older selves, XORed with them; the others are whole. Valid until the next call. */
  readonly pages: Buffer;
  /** The plan as it is stored; see docs/format.md, "Packs". */
  readonly extra: Buffer;
  /** Which pages are XORed, in ascending order. */
  readonly ordinals: readonly number[];
  /** Which of the bases these stand on: places in the list that was given. */
  readonly usedBases: readonly number[];
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

  /** Undefined where no page is much like its older self, or that is not what it was: what cannot be read or has another hash is taken as not there. */
  encode(slot: BlockSlot, pageCount: number, bases: readonly string[]): Difference | undefined {
    const read = this.#readOldPages(slot, pageCount);
    const ordinals: number[] = [];
    const usedBases: number[] = [];
    const plan = new ByteWriter(pageCount * 4);
    for (let ordinal = 0; ordinal < pageCount; ordinal += 1) {
      const old = read.has(ordinal) ? slot.oldPage(ordinal) : undefined;
      if (old === undefined || !this.#isWorthIt(slot, ordinal)) {
        plan.u16(wholePage).u16(0);
        continue;
      }
      ordinals.push(ordinal);
      if (!usedBases.includes(old.base)) usedBases.push(old.base);
      plan.u16(usedBases.indexOf(old.base)).u16(old.index);
    }
    if (ordinals.length === 0) return undefined;
    const extra = new ByteWriter().u16(usedBases.length);
    for (const base of usedBases) extra.bytes(Buffer.from(bases[base] ?? '', 'hex'));
    extra.bytes(plan.view());
    const pages = this.#difference.subarray(0, pageCount * pageSizeBytes);
    slot.pages.copy(pages, 0, 0, pages.length);
    for (const ordinal of ordinals) xorInto(pages, ordinal * pageSizeBytes, this.#old, ordinal * pageSizeBytes, pageSizeBytes);
    return { pages, extra: extra.view(), ordinals, usedBases };
  }

  /** The look at the bytes comes first, since it is quicker than the hash. */
  #isWorthIt(slot: BlockSlot, ordinal: number): boolean {
    const start = ordinal * pageSizeBytes;
    return (
      areAlike(slot.pages, start, this.#old, start) && this.#hash.equals(slot.oldHash(ordinal), 0, this.#old.subarray(start, start + pageSizeBytes))
    );
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
