import { deltaDepths } from '../manifest/delta-depths.js';
import { type BlockTable, blockId } from '../manifest/manifest.js';
import { deltaDepthLimit } from '../pack/block.js';

/** Which blocks a manifest lists as the bases of which deltas. */
export class DeltaBases {
  readonly #bases = new Map<number, number[]>();
  readonly #depths: ReadonlyMap<number, number>;
  readonly #table: BlockTable;

  constructor(table: BlockTable) {
    this.#table = table;
    this.#depths = deltaDepths(table.bases);
    for (let at = 0; at + 1 < table.bases.length; at += 2) {
      const [delta, base] = [table.bases[at] ?? 0, table.bases[at + 1] ?? 0];
      const known = this.#bases.get(delta);
      if (known === undefined) this.#bases.set(delta, [base]);
      else known.push(base);
    }
  }

  /** Deltas that lie on each other deeper than a reader goes, or in a circle. */
  isTooDeep(ordinal: number): boolean {
    return (this.#depths.get(ordinal) ?? 0) > deltaDepthLimit;
  }

  /** The listed base that has this id. */
  find(delta: number, id: string): number | undefined {
    return this.#bases.get(delta)?.find((base) => blockId(this.#table, base) === id);
  }

  /** Adds the blocks that this one needs, those that others need first, and then itself. */
  addNeeded(ordinal: number, needed: Set<number>): void {
    if (needed.has(ordinal) || this.isTooDeep(ordinal)) return;
    for (const base of this.#bases.get(ordinal) ?? []) this.addNeeded(base, needed);
    needed.add(ordinal);
  }
}
