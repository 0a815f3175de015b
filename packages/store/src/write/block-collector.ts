import type { GrowingSegments } from '../manifest/growing-segments.js';
import { type BlockTable, blockId, type PackHint } from '../manifest/manifest.js';
import { type ObjectMap, zeroBlock } from '../manifest/page-map.js';
import { blockIdBytes } from '../pack/block.js';
import { deltaDepths } from '../manifest/delta-depths.js';

export interface CollectedBlock {
  readonly id: string;
  readonly pack: string;
  /** Ordinals of the blocks that a delta needs. */
  readonly bases: readonly number[];
}

/** An object whose blocks are numbered as here until `compact` gives them their last numbers. */
export interface CollectedMap extends ObjectMap {
  readonly segments: GrowingSegments;
}

/** Deltas of deltas of … are written so deep; readers take more (see docs/format.md, "Packs"). */
const writtenDepthLimit = 4;

/**
 * The blocks that a new snapshot may refer to: the parent's come first under their own ordinals, new ones after them.
 * When all objects are there, `compact` numbers those that are used.
 */
export class BlockCollector {
  readonly #job: string;
  readonly #parent: BlockTable | undefined;
  readonly #parentLength: number;
  readonly #depths: ReadonlyMap<number, number>;
  readonly #added: (CollectedBlock | undefined)[] = [];

  constructor(job: string, parent: BlockTable | undefined) {
    this.#job = job;
    this.#parent = parent;
    this.#parentLength = parent?.length ?? 0;
    this.#depths = deltaDepths(parent?.bases ?? []);
  }

  /** The ordinal of a block that is not written yet. */
  reserve(): number {
    return this.#parentLength + this.#added.push(undefined) - 1;
  }

  settle(ordinal: number, block: CollectedBlock): void {
    this.#added[ordinal - this.#parentLength] = block;
  }

  /** True for a block of the parent that is no delta of too many deltas. */
  mayBeBase(ordinal: number): boolean {
    return ordinal < this.#parentLength && (this.#depths.get(ordinal) ?? 0) < writtenDepthLimit;
  }

  /** Of a block of the parent. */
  idOf(ordinal: number): string {
    if (this.#parent === undefined || ordinal >= this.#parentLength) throw new RangeError(`the parent has no block ${ordinal}`);
    return blockId(this.#parent, ordinal);
  }

  /** The table of the blocks that `objects` need. The objects' own blocks are given their numbers in it, in place: they are not to be used otherwise afterwards. */
  compact(objects: readonly CollectedMap[]): BlockTable {
    const pairs = this.#pairs();
    const used = this.#used(objects, pairs);
    const numbers = new Int32Array(this.#parentLength + this.#added.length).fill(zeroBlock);
    const packs = new Map<string, number>();
    const hints: PackHint[] = [];
    const ids = Buffer.alloc(used.length * blockIdBytes);
    const packOf = new Uint32Array(used.length);
    for (const [number, ordinal] of used.entries()) {
      numbers[ordinal] = number;
      const hint = ordinal < this.#parentLength ? this.#takeParent(ordinal, ids, number) : this.#takeAdded(ordinal, ids, number);
      const key = `${hint.job}/${hint.pack}`;
      const known = packs.get(key) ?? hints.push(hint) - 1;
      packs.set(key, known);
      packOf[number] = known;
    }
    for (const { segments } of objects) segments.renumber(numbers);
    const bases = pairs
      .filter(([delta]) => (numbers[delta] ?? zeroBlock) !== zeroBlock)
      .flatMap((pair) => pair.map((ordinal) => numbers[ordinal] ?? 0));
    return { length: used.length, ids, packOf, packs: hints, bases };
  }

  /** Each delta with each block that it needs. */
  #pairs(): readonly (readonly [number, number])[] {
    const flat = this.#parent?.bases ?? [];
    const ofParent = Array.from({ length: flat.length / 2 }, (_, at) => [flat[at * 2] ?? 0, flat[at * 2 + 1] ?? 0] as const);
    const added = this.#added.flatMap((block, at) => block?.bases.map((base) => [this.#parentLength + at, base] as const) ?? []);
    return [...ofParent, ...added];
  }

  #used(objects: readonly ObjectMap[], pairs: readonly (readonly [number, number])[]): readonly number[] {
    const used = new Set<number>();
    for (const { segments } of objects) {
      for (let at = 0; at < segments.length; at += 1) used.add(segments.blocks[at] ?? zeroBlock);
    }
    used.delete(zeroBlock);
    for (let grown = true; grown; ) {
      const before = used.size;
      for (const [delta, base] of pairs) if (used.has(delta)) used.add(base);
      grown = used.size > before;
    }
    return [...used].sort((a, b) => a - b);
  }

  #takeParent(ordinal: number, ids: Buffer, number: number): PackHint {
    const parent = this.#parent;
    const hint = parent?.packs[parent.packOf[ordinal] ?? -1];
    if (parent === undefined || hint === undefined) throw new RangeError(`the parent has no block ${ordinal}`);
    parent.ids.copy(ids, number * blockIdBytes, ordinal * blockIdBytes, (ordinal + 1) * blockIdBytes);
    return hint;
  }

  #takeAdded(ordinal: number, ids: Buffer, number: number): PackHint {
    const block = this.#added[ordinal - this.#parentLength];
    if (block === undefined) throw new RangeError(`block ${ordinal} was reserved but never written`);
    ids.write(block.id, number * blockIdBytes, 'hex');
    return { job: this.#job, pack: block.pack };
  }
}
