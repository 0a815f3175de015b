import { GrowingSegments } from '../manifest/growing-segments.js';
import type { BlockTable, PackHint } from '../manifest/manifest.js';
import { type ObjectMap, zeroBlock } from '../manifest/page-map.js';
import { blockIdBytes } from '../pack/block.js';
import type { WrittenBlock } from '../pack/pack-writer.js';

/**
 * The blocks that a new snapshot may refer to: the parent's come first under their own ordinals, new ones after them.
 * When all objects are there, `compact` numbers those that are used.
 */
export class BlockCollector {
  readonly #job: string;
  readonly #parent: BlockTable | undefined;
  readonly #added: (WrittenBlock | undefined)[] = [];

  constructor(job: string, parent: BlockTable | undefined) {
    this.#job = job;
    this.#parent = parent;
  }

  /** The ordinal of a block that is not written yet. */
  reserve(): number {
    return (this.#parent?.length ?? 0) + this.#added.push(undefined) - 1;
  }

  settle(ordinal: number, block: WrittenBlock): void {
    this.#added[ordinal - (this.#parent?.length ?? 0)] = block;
  }

  /** The table of the blocks that `objects` need, and the objects referring to it. */
  compact(objects: readonly ObjectMap[]): { readonly blocks: BlockTable; readonly objects: readonly ObjectMap[] } {
    const used = this.#used(objects);
    const parentLength = this.#parent?.length ?? 0;
    const numbers = new Map<number, number>();
    const packs = new Map<string, number>();
    const hints: PackHint[] = [];
    const ids = Buffer.alloc(used.length * blockIdBytes);
    const packOf = new Uint32Array(used.length);
    for (const [number, ordinal] of used.entries()) {
      numbers.set(ordinal, number);
      const hint = ordinal < parentLength ? this.#takeParent(ordinal, ids, number) : this.#takeAdded(ordinal - parentLength, ids, number);
      const key = `${hint.job}/${hint.pack}`;
      const known = packs.get(key) ?? hints.push(hint) - 1;
      packs.set(key, known);
      packOf[number] = known;
    }
    const bases = pairs(this.#parent).flatMap(([delta, base]) => (numbers.has(delta) ? [numbers.get(delta) ?? 0, numbers.get(base) ?? 0] : []));
    return { blocks: { length: used.length, ids, packOf, packs: hints, bases }, objects: objects.map((map) => renumber(map, numbers)) };
  }

  #used(objects: readonly ObjectMap[]): readonly number[] {
    const used = new Set<number>();
    for (const { segments } of objects) {
      for (let at = 0; at < segments.length; at += 1) used.add(segments.blocks[at] ?? zeroBlock);
    }
    used.delete(zeroBlock);
    const needed = pairs(this.#parent);
    for (let grown = true; grown; ) {
      const before = used.size;
      for (const [delta, base] of needed) if (used.has(delta)) used.add(base);
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
    const block = this.#added[ordinal];
    if (block === undefined) throw new RangeError(`block ${ordinal} was reserved but never written`);
    ids.write(block.id, number * blockIdBytes, 'hex');
    return { job: this.#job, pack: block.pack };
  }
}

function pairs(table: BlockTable | undefined): readonly (readonly [number, number])[] {
  const flat = table?.bases ?? [];
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[at * 2] ?? 0, flat[at * 2 + 1] ?? 0] as const);
}

function renumber(map: ObjectMap, numbers: ReadonlyMap<number, number>): ObjectMap {
  const segments = new GrowingSegments();
  for (let at = 0; at < map.segments.length; at += 1) {
    const block = map.segments.blocks[at] ?? zeroBlock;
    segments.append(numbers.get(block) ?? zeroBlock, map.segments.indexes[at] ?? 0, map.segments.counts[at] ?? 0);
  }
  return { ...map, segments };
}
