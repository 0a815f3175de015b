import { MalformedBytes } from '../codec/byte-reader.js';
import { corrupt } from '../errors.js';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';
import { type BlockTable, blockId, type PackHint } from '../manifest/manifest.js';
import { codecs, deltaDepthLimit } from '../pack/block.js';
import { applyDelta, decodePayload, parseDeltaPlan } from '../pack/decode-block.js';
import { decryptBlock } from '../pack/decrypt-block.js';
import type { BlockLocator } from './block-locator.js';

const cachedBlocks = 32;

/** The pages of a snapshot's blocks, verified and decoded; the last used ones stay in memory (at most 32 MiB). */
export class BlockPages {
  readonly #table: BlockTable;
  readonly #locator: BlockLocator;
  readonly #cipher: RepositoryCipher | undefined;
  readonly #cache = new Map<number, Buffer>();
  #last = -1;
  #lastPages: Buffer | undefined;
  readonly #ordinals: ReadonlyMap<string, number>;

  constructor(table: BlockTable, locator: BlockLocator, cipher?: RepositoryCipher) {
    this.#cipher = cipher;
    this.#table = table;
    this.#locator = locator;
    const deltasAndBases = new Set(table.bases);
    this.#ordinals = new Map([...deltasAndBases].map((ordinal) => [blockId(table, ordinal), ordinal]));
  }

  /** What is in memory already: a page costs no turn of the event loop then. */
  cached(ordinal: number): Buffer | undefined {
    return this.#last === ordinal ? this.#lastPages : undefined;
  }

  async get(ordinal: number, depth = 0): Promise<Buffer> {
    const pages = this.#cache.get(ordinal) ?? (await this.#read(ordinal, depth));
    this.#cache.delete(ordinal);
    this.#cache.set(ordinal, pages);
    [this.#last, this.#lastPages] = [ordinal, pages];
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= cachedBlocks) break;
      this.#cache.delete(oldest);
    }
    return pages;
  }

  async #read(ordinal: number, depth: number): Promise<Buffer> {
    const id = blockId(this.#table, ordinal);
    using located = await this.#locator.find(id, this.#hint(ordinal));
    const { pack, entry } = located;
    try {
      const block = decryptBlock(await pack.read(entry), this.#cipher);
      const pages = decodePayload(block);
      if (block.codec !== codecs.delta) return pages;
      if (depth >= deltaDepthLimit) throw new MalformedBytes(`block ${id} is a delta of a delta, more than ${deltaDepthLimit} deep`);
      const plan = parseDeltaPlan(block);
      const bases: Buffer[] = [];
      for (const base of plan.bases) {
        const at = this.#ordinals.get(base);
        if (at === undefined) throw new MalformedBytes(`block ${id} needs block ${base}, which the manifest does not list as its base`);
        bases.push(await this.get(at, depth + 1));
      }
      applyDelta(block, plan, pages, bases);
      return pages;
    } catch (error) {
      if (error instanceof MalformedBytes) throw corrupt('HF_PACK_CORRUPT', pack.path, error.message, error);
      throw error;
    }
  }

  #hint(ordinal: number): PackHint {
    const hint = this.#table.packs[this.#table.packOf[ordinal] ?? -1];
    if (hint === undefined) throw new RangeError(`there is no block ${ordinal}`);
    return hint;
  }
}
