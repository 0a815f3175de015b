import { join } from 'node:path';
import { HoldfastError, isHoldfastError } from '@holdfast/core/basics';
import { listIfThere } from '../files/directories.js';
import { parsePackName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import type { PackHint } from '../manifest/manifest.js';
import type { IndexEntry } from '../pack/pack-index.js';
import { PackReader } from '../pack/pack-reader.js';
import { jobPaths, refuseLinks, type StoreContext } from '../repository/store-context.js';

/** Where a block is. Its pack stays open until this is disposed of. */
export interface Located extends Disposable {
  readonly pack: PackReader;
  readonly entry: IndexEntry;
}

interface KnownPack {
  readonly pack: PackReader;
  readonly entries: ReadonlyMap<string, IndexEntry>;
}

/** Shared by all who want the pack: also while it is being opened. */
interface SharedPack {
  readonly opening: Promise<KnownPack | undefined>;
  users: number;
}

const defaultOpenLimit = 64;

/** Finds blocks by what the packs' own indexes say; the hint only tells where to look first. */
export class BlockLocator {
  readonly #context: StoreContext;
  readonly #openLimit: number;
  readonly #open = new Map<string, SharedPack>();
  /** Where the last block was found that was not in the pack it was looked for in: a repack moves blocks together. */
  readonly #moved = new Map<string, PackHint>();
  /** Searches come one after the other: what one finds spares the next one its own. */
  #searched: Promise<unknown> = Promise.resolve();

  /** More than `openLimit` packs are open only while more are in use. */
  constructor(context: StoreContext, openLimit: number = defaultOpenLimit) {
    this.#context = context;
    this.#openLimit = openLimit;
  }

  /** Rejects with HF_BLOCK_MISSING, or with the error of the pack that should have had it. */
  async find(id: string, hint: PackHint): Promise<Located> {
    const moved = await this.#findMoved(id, hint);
    if (moved !== undefined) return moved;
    let problem: HoldfastError | undefined;
    try {
      const located = await this.#findIn(id, hint);
      if (located !== undefined) return located;
    } catch (error) {
      if (!isHoldfastError(error) || error.kind !== 'corrupt') throw error;
      problem = error;
    }
    const searching = this.#searched.then(async () => (await this.#findMoved(id, hint)) ?? (await this.#search(id, hint)));
    this.#searched = searching.catch(() => undefined);
    const elsewhere = await searching;
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
    for (const shared of packs) await closeShared(shared);
  }

  async #findMoved(id: string, hint: PackHint): Promise<Located | undefined> {
    const moved = this.#moved.get(keyOf(hint));
    return moved === undefined ? undefined : await this.#findIfWhole(id, moved);
  }

  async #search(id: string, hint: PackHint): Promise<Located | undefined> {
    const directory = jobPaths(this.#context.root, hint.job).packs;
    for (const pack of await listIfThere(this.#context.files, directory)) {
      if (pack === hint.pack || parsePackName(pack) === undefined) continue;
      const place = { job: hint.job, pack };
      const located = await this.#findIfWhole(id, place);
      if (located === undefined) continue;
      this.#moved.set(keyOf(hint), place);
      return located;
    }
    return undefined;
  }

  async #findIfWhole(id: string, place: PackHint): Promise<Located | undefined> {
    try {
      return await this.#findIn(id, place);
    } catch (error) {
      if (isHoldfastError(error) && error.kind === 'corrupt') return undefined;
      throw error;
    }
  }

  /** Undefined where there is no such file, or no such block in it. The packs used last stay open. */
  async #findIn(id: string, { job, pack }: PackHint): Promise<Located | undefined> {
    const key = keyOf({ job, pack });
    const shared = this.#open.get(key) ?? { opening: this.#openPack(job, pack), users: 0 };
    this.#open.delete(key);
    this.#open.set(key, shared);
    shared.users += 1;
    const release = (): void => {
      shared.users -= 1;
    };
    try {
      const known = await shared.opening;
      await this.#closeOldest();
      const entry = known?.entries.get(id);
      if (known !== undefined && entry !== undefined) return { pack: known.pack, entry, [Symbol.dispose]: release };
      if (known === undefined) this.#forget(key, shared);
    } catch (error) {
      this.#forget(key, shared);
      release();
      throw error;
    }
    release();
    return undefined;
  }

  /** What could not be opened is tried again by the next find. */
  #forget(key: string, shared: SharedPack): void {
    if (this.#open.get(key) === shared) this.#open.delete(key);
  }

  async #closeOldest(): Promise<void> {
    for (const [key, shared] of this.#open) {
      if (this.#open.size <= this.#openLimit) break;
      if (shared.users > 0) continue;
      this.#open.delete(key);
      await closeShared(shared);
    }
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

function keyOf({ job, pack }: PackHint): string {
  return `${job}/${pack}`;
}

/** Nothing was written, so a close that fails loses nothing. */
async function closeShared({ opening }: SharedPack): Promise<void> {
  await opening.then((known) => known?.pack.close()).catch(() => undefined);
}
