import { HoldfastError } from '@holdfast/core/basics';
import type { BlockTable } from '../manifest/manifest.js';
import { blockBytes } from '../pack/block.js';
import { BlockDecoder } from './block-decoder.js';
import type { BlockLocator } from './block-locator.js';
import { DeltaBases } from './delta-bases.js';
import { type PageSpaces, spaceBytes } from './page-spaces.js';
import { ReadingMemory } from './reading-memory.js';
import type { BlockTools } from './verified-block.js';

/** So much of it may be meant for what comes; the rest is what was used last. */
const heldShare = 0.75;

interface CachedBlock {
  readonly ordinal: number;
  /** Settles once its pages are there. */
  decoding: Promise<void>;
  pages: Buffer | undefined;
  space: SharedArrayBuffer | undefined;
  sizeBytes: number;
  /** Who looks at its pages, or waits for them. */
  users: number;
  /** Who said that they will. */
  holds: number;
  failed: boolean;
}

/** Blocks that are decoded ahead, and stay until they are let go. */
export interface BlockHold {
  readonly blocks: readonly CachedBlock[];
}

/**
 * The pages of a snapshot's blocks, verified and decoded, some ahead of their use. What was used last stays in memory, within the limit; that is passed only
 * by what is looked at just now, which is a block and the bases below it for each caller.
 */
export class BlockPages {
  readonly #limitBytes: number;
  readonly #bases: DeltaBases;
  readonly #decoder: BlockDecoder;
  readonly #spaces: PageSpaces;
  /** The ones used last are last. */
  readonly #blocks = new Map<number, CachedBlock>();
  #last: CachedBlock | undefined;
  #usedBytes = 0;
  #heldBytes = 0;

  constructor(tools: BlockTools, table: BlockTable, locator: BlockLocator, memory: ReadingMemory = new ReadingMemory(tools.workers.width)) {
    this.#limitBytes = memory.decodedLimitBytes;
    this.#bases = new DeltaBases(table);
    this.#decoder = new BlockDecoder(tools, table, this.#bases, locator, memory.stored);
    this.#spaces = memory.spaces;
  }

  /** What is in memory already; valid until the caller awaits anything. */
  peek(ordinal: number): Buffer | undefined {
    const block = this.#last?.ordinal === ordinal ? this.#last : this.#blocks.get(ordinal);
    if (block?.pages === undefined) return undefined;
    if (block !== this.#last) this.#touch(block);
    return block.pages;
  }

  /** Calls `work` with the block's pages, which are its own until it returns. */
  async use(ordinal: number, work: (pages: Buffer) => void): Promise<void> {
    const block = this.#blocks.get(ordinal) ?? this.#begin(ordinal);
    block.users += 1;
    try {
      await block.decoding;
      this.#touch(block);
      if (block.pages !== undefined) work(block.pages);
    } finally {
      block.users -= 1;
    }
  }

  /** Begins to decode these and what they need. Undefined, and nothing is begun, where too much is decoded ahead already. */
  hold(ordinals: Iterable<number>): BlockHold | undefined {
    const needed = new Set<number>();
    for (const ordinal of ordinals) this.#bases.addNeeded(ordinal, needed);
    let addedBytes = 0;
    for (const ordinal of needed) {
      const block = this.#blocks.get(ordinal);
      if (block === undefined || block.holds === 0) addedBytes += block?.sizeBytes ?? blockBytes;
    }
    if (this.#heldBytes + addedBytes > this.#limitBytes * heldShare) return undefined;
    return { blocks: Array.from(needed, (ordinal) => this.#holdOne(this.#blocks.get(ordinal) ?? this.#begin(ordinal))) };
  }

  letGo({ blocks }: BlockHold): void {
    for (const block of blocks) {
      block.holds -= 1;
      if (block.holds > 0) continue;
      this.#heldBytes -= block.sizeBytes;
      if (block.failed) this.#remove(block);
    }
  }

  /** Lets go, and resolves when nothing of it is read any more that nobody else wants. */
  async abandon(hold: BlockHold): Promise<void> {
    this.letGo(hold);
    await Promise.allSettled(hold.blocks.filter((block) => !isWanted(block)).map(({ decoding }) => decoding));
  }

  /** Gives back the memory of all that is decoded; once nobody uses it any more. */
  clear(): void {
    for (const block of this.#blocks.values()) if (block.pages !== undefined && !isWanted(block)) this.#remove(block);
  }

  #holdOne(block: CachedBlock): CachedBlock {
    if (block.holds === 0) this.#heldBytes += block.sizeBytes;
    block.holds += 1;
    return block;
  }

  #begin(ordinal: number): CachedBlock {
    const ready = Promise.resolve();
    const block: CachedBlock = {
      ordinal,
      decoding: ready,
      pages: undefined,
      space: undefined,
      sizeBytes: blockBytes,
      users: 0,
      holds: 0,
      failed: false,
    };
    this.#blocks.set(ordinal, block);
    this.#usedBytes += block.sizeBytes;
    this.#makeRoom();
    block.decoding = this.#decode(block);
    // Told by `use`.
    block.decoding.catch(() => undefined);
    return block;
  }

  async #decode(block: CachedBlock): Promise<void> {
    try {
      block.pages = await this.#decoder.decode(block.ordinal, {
        check: () => {
          if (isWanted(block)) return;
          // At once: whoever comes next begins anew.
          this.#remove(block);
          throw notWanted();
        },
        space: (pageCount) => {
          this.#resize(block, spaceBytes(pageCount));
          block.space = this.#spaces.take(pageCount);
          return block.space;
        },
        use: (base, work) => this.use(base, work),
      });
    } catch (error) {
      // Whom it was decoded for hears of it; another call tries again.
      block.failed = true;
      if (block.holds === 0) this.#remove(block);
      throw error;
    }
  }

  #resize(block: CachedBlock, sizeBytes: number): void {
    this.#usedBytes += sizeBytes - block.sizeBytes;
    if (block.holds > 0) this.#heldBytes += sizeBytes - block.sizeBytes;
    block.sizeBytes = sizeBytes;
  }

  #makeRoom(): void {
    for (const block of this.#blocks.values()) {
      if (this.#usedBytes <= this.#limitBytes) break;
      if (block.pages !== undefined && !isWanted(block)) this.#remove(block);
    }
  }

  #remove(block: CachedBlock): void {
    if (this.#blocks.get(block.ordinal) !== block) return;
    this.#blocks.delete(block.ordinal);
    this.#usedBytes -= block.sizeBytes;
    if (this.#last === block) this.#last = undefined;
    if (block.space !== undefined) this.#spaces.giveBack(block.space);
  }

  #touch(block: CachedBlock): void {
    this.#blocks.delete(block.ordinal);
    this.#blocks.set(block.ordinal, block);
    this.#last = block;
  }
}

function isWanted({ users, holds }: CachedBlock): boolean {
  return users > 0 || holds > 0;
}

function notWanted(): HoldfastError {
  return new HoldfastError('HF_ABORTED', { message: 'nobody needs the block any more', kind: 'aborted', operation: 'store.read' });
}
