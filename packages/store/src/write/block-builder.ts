import { randomBytes } from 'node:crypto';
import { pageSizeBytes } from '@holdfast/core/basics';
import { blockPages } from '../pack/block.js';
import type { PackWriter } from '../pack/pack-writer.js';
import { BlockSlot } from '../workers/block-slot.js';
import type { BlockWorkers } from '../workers/block-workers.js';
import { BoundedPool } from '../workers/bounded-pool.js';
import type { BlockCollector } from './block-collector.js';
import type { OldFile } from './old-pages.js';

/** A page as the parent has it: where it is stored, and where its bytes can be read now. */
export interface OldSelf {
  readonly block: number;
  readonly index: number;
  readonly hash: Buffer;
  readonly file: OldFile;
  readonly offset: number;
}

/** A block with more bases would make who reads one page of it read too many others. */
const basesLimit = 64;

interface OpenBlock {
  readonly slot: BlockSlot;
  readonly ordinal: number;
  pageCount: number;
  /** Ordinals of the blocks that hold older selves of its pages, each with its place in the list. */
  readonly bases: Map<number, number>;
  readonly files: Set<OldFile>;
}

/**
 * Gathers changed pages of all objects into blocks. Full ones are compressed by other threads and appended to the packs in their order, while the next are
 * filled. As many as there are slots are in memory at once.
 */
export class BlockBuilder {
  readonly #workers: BlockWorkers;
  readonly #compress: boolean;
  readonly #packs: PackWriter;
  readonly #blocks: BlockCollector;
  readonly #slots: BoundedPool<BlockSlot>;
  #spare: BlockSlot[] = [];
  #open: OpenBlock | undefined;
  #appended: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(workers: BlockWorkers, compress: boolean, packs: PackWriter, blocks: BlockCollector) {
    this.#workers = workers;
    this.#compress = compress;
    this.#packs = packs;
    this.#blocks = blocks;
    this.#slots = new BoundedPool(workers.width * 2 + 2, () => new BlockSlot());
  }

  /** True once a block could not be stored: nothing of the snapshot is trusted any more. */
  get failed(): boolean {
    return this.#failed;
  }

  /** True where the pages of one window can be added at once: they fill one block at most. */
  get hasRoom(): boolean {
    return !this.#failed && this.#spare.length + (this.#open === undefined ? 0 : 1) >= 2;
  }

  /** Waits for room. Rejects where a block could not be stored. */
  async makeRoom(): Promise<void> {
    if (this.#failed) await this.#appended;
    // Once a block has failed there never is room again.
    while (!this.#failed && !this.hasRoom) this.#spare.push(await this.#slots.acquire());
    if (this.#failed) await this.#appended;
  }

  /** Takes the page at `offset` of `bytes`; tells where it will be. */
  add(bytes: Buffer, offset: number, old?: OldSelf): { readonly block: number; readonly index: number } {
    const base = old !== undefined && this.#blocks.mayBeBase(old.block) ? old : undefined;
    if (base !== undefined && this.#open?.bases.size === basesLimit && !this.#open.bases.has(base.block)) this.#close(this.#open);
    const open = this.#open ?? this.#begin();
    const index = open.pageCount;
    bytes.copy(open.slot.pages, index * pageSizeBytes, offset, offset + pageSizeBytes);
    this.#noteOld(open, index, base);
    open.pageCount += 1;
    if (open.pageCount === blockPages) this.#close(open);
    return { block: open.ordinal, index };
  }

  /** Resolves when all blocks are in the packs. */
  async finish(): Promise<void> {
    if (this.#open !== undefined) this.#close(this.#open);
    await this.#appended;
  }

  /** Resolves when nothing works on a block any more; what is not full is given up. */
  async abandon(): Promise<void> {
    this.#failed = true;
    await this.#appended.catch(() => undefined);
    for (const file of this.#open?.files ?? []) await file.release();
    this.#open = undefined;
  }

  #begin(): OpenBlock {
    const slot = this.#spare.pop();
    if (slot === undefined) throw new RangeError('a page was added where there was no room');
    this.#open = { slot, ordinal: this.#blocks.reserve(), pageCount: 0, bases: new Map(), files: new Set() };
    return this.#open;
  }

  #noteOld({ slot, bases, files }: OpenBlock, index: number, old: OldSelf | undefined): void {
    if (old === undefined) {
      slot.setOldPage(index, undefined);
      return;
    }
    const base = bases.get(old.block) ?? bases.size;
    bases.set(old.block, base);
    if (!files.has(old.file)) files.add(old.file.retain());
    slot.setOldPage(index, { base, index: old.index, descriptor: old.file.descriptor, offset: old.offset }, old.hash);
  }

  #close(block: OpenBlock): void {
    this.#open = undefined;
    const { slot, pageCount } = block;
    const bases = [...block.bases.keys()];
    const id = randomBytes(16).toString('hex');
    const request = { id, pageCount, compress: this.#compress, bases: bases.map((ordinal) => this.#blocks.idOf(ordinal)) };
    const encoded = this.#workers.encode(slot, request);
    this.#appended = this.#append(this.#appended, encoded, block, id, bases);
    this.#appended.catch(() => {
      this.#failed = true;
    });
  }

  async #append(
    before: Promise<void>,
    encoded: ReturnType<BlockWorkers['encode']>,
    { slot, ordinal, pageCount, files }: OpenBlock,
    id: string,
    bases: readonly number[],
  ): Promise<void> {
    // Waited for first, whatever became of the blocks before: nobody may work on the slot when it is given back.
    const [result] = await Promise.allSettled([encoded, before]);
    try {
      await before;
      if (result.status === 'rejected') throw result.reason;
      const { codec, lengthBytes, usedBases } = result.value;
      const pack = await this.#packs.append({ id, codec, pageCount, bytes: slot.stored.subarray(0, lengthBytes) });
      this.#blocks.settle(ordinal, { id, pack, bases: usedBases.flatMap((at) => bases[at] ?? []) });
    } finally {
      this.#slots.release(slot);
      for (const file of files) await file.release();
    }
  }
}
