import { pageSizeBytes } from '@holdfast/core';
import { blockBytes, blockPages } from '../pack/block.js';
import type { PackWriter } from '../pack/pack-writer.js';
import type { BlockCollector } from './block-collector.js';

interface FullBlock {
  readonly ordinal: number;
  readonly pages: Buffer;
  readonly pageCount: number;
}

/** Gathers changed pages of all objects into blocks. Full ones wait until `drain`, so that taking a page is not asynchronous. */
export class BlockBuilder {
  readonly #packs: PackWriter;
  readonly #blocks: BlockCollector;
  #pages: Buffer = Buffer.allocUnsafeSlow(blockBytes);
  #ordinal = -1;
  #count = 0;
  #waiting: FullBlock[] = [];
  readonly #spare: Buffer[] = [];

  constructor(packs: PackWriter, blocks: BlockCollector) {
    this.#packs = packs;
    this.#blocks = blocks;
  }

  /** Takes the page at `offset` of `bytes`; tells where it will be. */
  add(bytes: Buffer, offset: number): { readonly block: number; readonly index: number } {
    if (this.#count === 0) this.#ordinal = this.#blocks.reserve();
    bytes.copy(this.#pages, this.#count * pageSizeBytes, offset, offset + pageSizeBytes);
    const place = { block: this.#ordinal, index: this.#count };
    this.#count += 1;
    if (this.#count === blockPages) this.#close();
    return place;
  }

  /** Writes the full blocks. */
  async drain(): Promise<void> {
    for (const { ordinal, pages, pageCount } of this.#waiting.splice(0)) {
      this.#blocks.settle(ordinal, await this.#packs.append(pages.subarray(0, pageCount * pageSizeBytes), pageCount));
      this.#spare.push(pages);
    }
  }

  /** Writes the last block too. */
  async finish(): Promise<void> {
    if (this.#count > 0) this.#close();
    await this.drain();
  }

  #close(): void {
    this.#waiting.push({ ordinal: this.#ordinal, pages: this.#pages, pageCount: this.#count });
    this.#pages = this.#spare.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
    this.#count = 0;
  }
}
