import { join } from 'node:path';
import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { listIfThere } from '../files/directories.js';
import { parsePackName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import type { PackHint } from '../manifest/manifest.js';
import type { IndexEntry } from '../pack/pack-index.js';
import { PackReader } from '../pack/pack-reader.js';
import { jobPaths, refuseLinks, type StoreContext } from '../repository/store-context.js';

export interface Located {
  readonly pack: PackReader;
  readonly entry: IndexEntry;
}

interface KnownPack {
  readonly pack: PackReader;
  readonly entries: ReadonlyMap<string, IndexEntry>;
}

const openLimit = 64;

/** Finds blocks by what the packs' own indexes say; the hint only tells where to look first. */
export class BlockLocator {
  readonly #context: StoreContext;
  readonly #open = new Map<string, KnownPack>();

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** Rejects with HF_BLOCK_MISSING, or with the error of the pack that should have had it. */
  async find(id: string, hint: PackHint): Promise<Located> {
    let problem: HoldfastError | undefined;
    try {
      const known = await this.#pack(hint);
      const entry = known?.entries.get(id);
      if (known !== undefined && entry !== undefined) return { pack: known.pack, entry };
    } catch (error) {
      if (!isHoldfastError(error) || error.kind !== 'corrupt') throw error;
      problem = error;
    }
    const elsewhere = await this.#search(id, hint);
    if (elsewhere !== undefined) return elsewhere;
    if (problem !== undefined) throw problem;
    const file = join(jobPaths(this.#context.root, hint.job).packs, hint.pack);
    throw new HoldfastError('HF_BLOCK_MISSING', {
      message: `Block ${id} is in no pack of job ${hint.job}; it was in ${file}`,
      kind: 'corrupt',
      context: { file, job: hint.job, block: id },
      hint: 'An older snapshot that does not need this block is still good',
    });
  }

  async close(): Promise<void> {
    const packs = [...this.#open.values()];
    this.#open.clear();
    for (const { pack } of packs) await pack.close().catch(() => undefined);
  }

  async #search(id: string, hint: PackHint): Promise<Located | undefined> {
    const directory = jobPaths(this.#context.root, hint.job).packs;
    for (const pack of await listIfThere(this.#context.files, directory)) {
      if (pack === hint.pack || parsePackName(pack) === undefined) continue;
      const known = await this.#pack({ job: hint.job, pack }).catch((error: unknown) => {
        if (isHoldfastError(error) && error.kind === 'corrupt') return undefined;
        throw error;
      });
      const entry = known?.entries.get(id);
      if (known !== undefined && entry !== undefined) return { pack: known.pack, entry };
    }
    return undefined;
  }

  /** Undefined where there is no such file. The packs used last stay open. */
  async #pack({ job, pack }: PackHint): Promise<KnownPack | undefined> {
    const key = `${job}/${pack}`;
    const known = this.#open.get(key) ?? (await this.#openPack(job, pack));
    if (known === undefined) return undefined;
    this.#open.delete(key);
    this.#open.set(key, known);
    for (const [oldest, { pack: reader }] of this.#open) {
      if (this.#open.size <= openLimit) break;
      this.#open.delete(oldest);
      await reader.close();
    }
    return known;
  }

  async #openPack(job: string, name: string): Promise<KnownPack | undefined> {
    try {
      const paths = jobPaths(this.#context.root, job);
      await refuseLinks(this.#context, paths);
      const pack = await PackReader.open(this.#context.files, paths.packs, name, this.#context.repositoryId);
      return { pack, entries: new Map(pack.entries.map((entry) => [entry.id, entry])) };
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}
