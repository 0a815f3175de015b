import { pageSizeBytes } from '@holdfast/core/basics';
import { blockBytes, blockHeaderBytes, blockPages, extraLimitBytes, payloadLimitBytes } from '../pack/block.js';

const storedBytes = blockHeaderBytes + extraLimitBytes + payloadLimitBytes;
const planEntryBytes = 32;
const planBytes = blockPages * planEntryBytes;
const noBase = 0xffff;

/** Where a page's older self is: its place in the repository, where its bytes can be read now, and what they must hash to. */
export interface OldPage {
  /** An open file of this process that has its bytes now. */
  readonly descriptor: number;
  readonly offset: number;
  /** Ordinal among the block's bases. */
  readonly base: number;
  readonly index: number;
}

/**
 * The memory in which one block is worked on, seen by all threads. Who has the slot has its bytes: nobody else touches them until it is given back.
 */
export class BlockSlot {
  readonly memory: SharedArrayBuffer;
  /** The block's pages as the job had them. */
  readonly pages: Buffer;
  /** The block as it lies in a pack: header, extra, payload. */
  readonly stored: Buffer;
  readonly #plan: DataView;
  readonly #hashes: Buffer;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(blockBytes + storedBytes + planBytes)) {
    this.memory = memory;
    this.pages = Buffer.from(memory, 0, blockBytes);
    this.stored = Buffer.from(memory, blockBytes, storedBytes);
    this.#plan = new DataView(memory, blockBytes + storedBytes, planBytes);
    this.#hashes = Buffer.from(memory, blockBytes + storedBytes, planBytes);
  }

  page(ordinal: number): Buffer {
    return this.pages.subarray(ordinal * pageSizeBytes, (ordinal + 1) * pageSizeBytes);
  }

  /** Notes the older self of a page; 16 bytes of its keyed hash are at `at` of `hash`. */
  setOldPage(ordinal: number, old: OldPage | undefined, hash?: Buffer, at = 0): void {
    const entry = ordinal * planEntryBytes;
    this.#plan.setUint16(entry, old?.base ?? noBase, true);
    if (old === undefined) return;
    this.#plan.setUint16(entry + 2, old.index, true);
    this.#plan.setUint32(entry + 4, old.descriptor, true);
    this.#plan.setFloat64(entry + 8, old.offset, true);
    hash?.copy(this.#hashes, entry + 16, at, at + 16);
  }

  oldPage(ordinal: number): OldPage | undefined {
    const entry = ordinal * planEntryBytes;
    const base = this.#plan.getUint16(entry, true);
    if (base === noBase) return undefined;
    const [index, descriptor] = [this.#plan.getUint16(entry + 2, true), this.#plan.getUint32(entry + 4, true)];
    return { base, index, descriptor, offset: this.#plan.getFloat64(entry + 8, true) };
  }

  /** What the older self of a page hashed to; 16 bytes, valid while the slot is held. */
  oldHash(ordinal: number): Buffer {
    const entry = ordinal * planEntryBytes + 16;
    return this.#hashes.subarray(entry, entry + 16);
  }
}
