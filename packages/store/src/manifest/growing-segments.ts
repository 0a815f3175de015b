import { type Segments, zeroBlock } from './page-map.js';

/** Segments while they are collected; neighbours that continue each other become one. */
export class GrowingSegments implements Segments {
  length = 0;
  counts: Uint32Array = new Uint32Array(16);
  blocks: Int32Array = new Int32Array(16);
  indexes: Uint8Array = new Uint8Array(16);

  append(block: number, index: number, count: number): void {
    const last = this.length - 1;
    if (last >= 0 && this.blocks[last] === block) {
      const lastCount = this.counts[last] ?? 0;
      if (block === zeroBlock || (this.indexes[last] ?? 0) + lastCount === index) {
        this.counts[last] = lastCount + count;
        return;
      }
    }
    if (this.length === this.counts.length) this.#grow();
    this.counts[this.length] = count;
    this.blocks[this.length] = block;
    this.indexes[this.length] = block === zeroBlock ? 0 : index;
    this.length += 1;
  }

  /** Gives every block its new number; the order of the numbers stays. */
  renumber(numbers: Int32Array): void {
    for (let at = 0; at < this.length; at += 1) {
      const block = this.blocks[at] ?? zeroBlock;
      if (block !== zeroBlock) this.blocks[at] = numbers[block] ?? zeroBlock;
    }
  }

  #grow(): void {
    const capacity = this.length + Math.max(16, Math.ceil(this.length / 2));
    this.counts = grown(this.counts, new Uint32Array(capacity));
    this.blocks = grown(this.blocks, new Int32Array(capacity));
    this.indexes = grown(this.indexes, new Uint8Array(capacity));
  }
}

function grown<T extends Int32Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
