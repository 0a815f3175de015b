import { hashLength } from '../codec/keyed-hash.js';
import { type BlockTable, blockId, type Manifest } from '../manifest/manifest.js';
import { type ObjectMap, windowPages, zeroBlock } from '../manifest/page-map.js';
import { WindowCursor } from '../manifest/window-cursor.js';

/** What was verified of one snapshot, as far as it says something of another one: the same pages of the same blocks under the same hash. */
export class VerifiedWindows {
  readonly #verified: ReadonlyMap<string, ObjectMap>;
  /** Ordinals of the other snapshot's blocks in the verified one; -2: not there. */
  readonly #ordinals: Int32Array;

  constructor({ objects, blocks }: Manifest, table: BlockTable) {
    this.#verified = new Map(objects.map((map) => [map.key, map]));
    const known = new Map<string, number>();
    for (let ordinal = 0; ordinal < blocks.length; ordinal += 1) known.set(blockId(blocks, ordinal), ordinal);
    this.#ordinals = Int32Array.from({ length: table.length }, (_, ordinal) => known.get(blockId(table, ordinal)) ?? -2);
  }

  /** Whether a window of the object is known to be right; asked in ascending order. */
  of(map: ObjectMap): ((cursor: WindowCursor) => boolean) | undefined {
    const verified = this.#verified.get(map.key);
    if (verified === undefined) return undefined;
    const other = new WindowCursor(verified);
    return (cursor) => other.seek(cursor.window) && this.#hasSamePages(cursor, other) && hasSameHash(map, cursor, verified, other);
  }

  #hasSamePages(cursor: WindowCursor, other: WindowCursor): boolean {
    if (cursor.mask !== other.mask || other.hashOffset < 0) return false;
    for (let position = 0; position < windowPages; position += 1) {
      if ((cursor.mask & (1 << position)) === 0) continue;
      const block = cursor.blocks[position] ?? zeroBlock;
      if (other.blocks[position] !== (block === zeroBlock ? zeroBlock : this.#ordinals[block])) return false;
      if (block !== zeroBlock && cursor.indexes[position] !== other.indexes[position]) return false;
    }
    return true;
  }
}

function hasSameHash(map: ObjectMap, cursor: WindowCursor, verified: ObjectMap, other: WindowCursor): boolean {
  const [at, otherAt] = [cursor.hashOffset, other.hashOffset];
  return map.windowHashes.compare(verified.windowHashes, otherAt, otherAt + hashLength, at, at + hashLength) === 0;
}
