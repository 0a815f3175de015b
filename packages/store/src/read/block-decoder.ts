import { pageSizeBytes } from '@holdfast/core/basics';
import { MalformedBytes } from '../codec/byte-reader.js';
import { corrupt } from '../errors.js';
import { type BlockTable, blockId, type PackHint } from '../manifest/manifest.js';
import { codecs, deltaDepthLimit } from '../pack/block.js';
import { applyBase, parseDeltaPlan } from '../pack/decode-block.js';
import type { BoundedPool } from '../workers/bounded-pool.js';
import type { StoredSpace } from '../workers/stored-space.js';
import type { BlockLocator } from './block-locator.js';
import type { DeltaBases } from './delta-bases.js';
import { type BlockTools, readVerified } from './verified-block.js';

/** Who wants a block decoded. */
export interface DecodeTarget {
  /** Throws where nobody wants it any more. */
  readonly check: () => void;
  /** Memory for its pages, asked for once. */
  readonly space: (pageCount: number) => SharedArrayBuffer;
  /** Lets a delta see the pages of another block. */
  readonly use: (ordinal: number, work: (pages: Buffer) => void) => Promise<void>;
}

interface Difference {
  readonly id: string;
  readonly path: string;
  readonly codec: number;
  readonly extra: Uint8Array;
  readonly pages: Buffer;
}

/** Reads, verifies and decodes the blocks of a snapshot; a few more at once than there are threads, the others wait for their turn. */
export class BlockDecoder {
  readonly #tools: BlockTools;
  readonly #table: BlockTable;
  readonly #bases: DeltaBases;
  readonly #locator: BlockLocator;
  readonly #stored: BoundedPool<StoredSpace>;

  constructor(tools: BlockTools, table: BlockTable, bases: DeltaBases, locator: BlockLocator, stored: BoundedPool<StoredSpace>) {
    this.#tools = tools;
    this.#table = table;
    this.#bases = bases;
    this.#locator = locator;
    this.#stored = stored;
  }

  /** The block's pages, in the target's memory. */
  async decode(ordinal: number, target: DecodeTarget): Promise<Buffer> {
    const read = await this.#read(ordinal, target);
    if (read.codec !== codecs.delta) return read.pages;
    try {
      await this.#applyBases(ordinal, read, target);
    } catch (error) {
      if (error instanceof MalformedBytes) throw corrupt('HF_PACK_CORRUPT', read.path, error.message, error);
      throw error;
    }
    return read.pages;
  }

  async #read(ordinal: number, target: DecodeTarget): Promise<Difference> {
    const stored = await this.#stored.acquire();
    try {
      target.check();
      const id = blockId(this.#table, ordinal);
      let space: SharedArrayBuffer | undefined;
      return await this.#locator.read(id, this.#hint(ordinal), async ({ pack, entry }) => {
        try {
          target.check();
          const lengthBytes = entry.pageCount * pageSizeBytes;
          space ??= target.space(entry.pageCount);
          if (space.byteLength < lengthBytes) throw new MalformedBytes(`block ${id} has more pages than in another pack`);
          const { codec, extra } = await readVerified(this.#tools, pack, entry, stored, space);
          return { id, path: pack.path, codec, extra, pages: Buffer.from(space, 0, lengthBytes) };
        } catch (error) {
          if (error instanceof MalformedBytes) throw corrupt('HF_PACK_CORRUPT', pack.path, error.message, error);
          throw error;
        }
      });
    } finally {
      this.#stored.release(stored);
    }
  }

  /** No memory for stored bytes is held meanwhile, so the bases find some. */
  async #applyBases(ordinal: number, { id, extra, pages }: Difference, target: DecodeTarget): Promise<void> {
    if (this.#bases.isTooDeep(ordinal)) throw new MalformedBytes(`block ${id} is a delta of a delta, more than ${deltaDepthLimit} deep`);
    const plan = parseDeltaPlan({ id, extra: Buffer.from(extra), pageCount: pages.length / pageSizeBytes });
    for (const [at, baseId] of plan.bases.entries()) {
      const base = this.#bases.find(ordinal, baseId);
      if (base === undefined) throw new MalformedBytes(`block ${id} needs block ${baseId}, which the manifest does not list as its base`);
      target.check();
      await target.use(base, (basePages) => applyBase(id, plan, at, basePages, pages));
    }
  }

  #hint(ordinal: number): PackHint {
    const hint = this.#table.packs[this.#table.packOf[ordinal] ?? -1];
    if (hint === undefined) throw new RangeError(`there is no block ${ordinal}`);
    return hint;
  }
}
