import { HoldfastError, isHoldfastError } from '@holdfast/core/basics';
import { listIfThere } from '../files/directories.js';
import { isGone } from '../files/is-gone.js';
import { parsePackName } from '../files/names.js';
import { isStale } from '../files/system-errors.js';
import type { PackHint } from '../manifest/manifest.js';
import { jobPaths, type StoreContext } from '../repository/store-context.js';
import { keyOf, type Located, OpenPacks, packPath } from './open-packs.js';

export type { Located } from './open-packs.js';

const defaultOpenLimit = 64;

/** A prune moves a block at most once, and seldom the same one in two of them: who meets as many did not just come at a bad moment. */
const looksLimit = 8;

/** Finds blocks by what the packs' own indexes say; the hint only tells where to look first. Prunes may move them to other packs all the while. */
export class BlockLocator {
  readonly #context: StoreContext;
  readonly #packs: OpenPacks;
  /** Where the last block was found that was not in the pack it was looked for in: a repack moves blocks together. */
  readonly #moved = new Map<string, PackHint>();
  /** Searches come one after the other: what one finds spares the next one its own. */
  #searched: Promise<unknown> = Promise.resolve();

  /** More than `openLimit` packs are open only while more are in use. */
  constructor(context: StoreContext, openLimit: number = defaultOpenLimit) {
    this.#context = context;
    this.#packs = new OpenPacks(context, openLimit);
  }

  /**
   * Finds the block and lets `work` read it. Where that fails and the pack is gone, the block was moved: it is looked for anew. Rejects as `find` does, with
   * the error of `work`, and with kind `unavailable` where the block is moved again and again.
   */
  async read<T>(id: string, hint: PackHint, work: (located: Located) => Promise<T>): Promise<T> {
    for (let looks = 1; ; looks += 1) {
      using located = await this.find(id, hint);
      try {
        return await work(located);
      } catch (error) {
        if (!(await this.#mayHaveMoved(located, error))) throw error;
        if (looks === looksLimit) throw movesOnAndOn(id, located.pack.path, error);
        await this.#packs.giveUp(located);
      }
    }
  }

  /** Rejects with HF_BLOCK_MISSING, or with the error of the pack that should have had it. */
  async find(id: string, hint: PackHint): Promise<Located> {
    const moved = await this.#findMoved(id, hint);
    if (moved !== undefined) return moved;
    let problem: HoldfastError | undefined;
    try {
      const located = await this.#packs.find(id, hint);
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
    const file = packPath(this.#context.root, hint);
    throw new HoldfastError('HF_BLOCK_MISSING', {
      message: `Block ${id} is in no pack of job ${hint.job}; it was in ${file}`,
      kind: 'corrupt',
      context: { file, job: hint.job, block: id },
      hint: 'An older snapshot that does not need this block is still good',
    });
  }

  async close(): Promise<void> {
    await this.#packs.close();
  }

  async #findMoved(id: string, hint: PackHint): Promise<Located | undefined> {
    const moved = this.#moved.get(keyOf(hint));
    return moved === undefined ? undefined : await this.#findIfWhole(id, moved);
  }

  /** Undefined only once the packs were the same before and after all of them were looked at: else the block may have moved past the search. */
  async #search(id: string, hint: PackHint): Promise<Located | undefined> {
    const looked = new Set([hint.pack]);
    let before: string | undefined;
    for (let looks = 0; looks <= looksLimit; looks += 1) {
      const packs = await this.#list(hint.job);
      const listed = packs.join('\n');
      if (listed === before) return undefined;
      before = listed;
      for (const pack of packs) {
        if (looked.has(pack)) continue;
        looked.add(pack);
        const place = { job: hint.job, pack };
        const located = await this.#findIfWhole(id, place);
        if (located === undefined) continue;
        this.#moved.set(keyOf(hint), place);
        return located;
      }
    }
    throw movesOnAndOn(id, packPath(this.#context.root, hint));
  }

  async #list(job: string): Promise<readonly string[]> {
    const files = await listIfThere(this.#context.files, jobPaths(this.#context.root, job).packs);
    return files.filter((file) => parsePackName(file) !== undefined).sort();
  }

  async #findIfWhole(id: string, place: PackHint): Promise<Located | undefined> {
    try {
      return await this.#packs.find(id, place);
    } catch (error) {
      if (isHoldfastError(error) && error.kind === 'corrupt') return undefined;
      throw error;
    }
  }

  /** A pack that is gone by now may have answered anything before, zeros among it. */
  async #mayHaveMoved({ pack }: Located, error: unknown): Promise<boolean> {
    if (isHoldfastError(error) && error.kind === 'aborted') return false;
    return isStale(error) || (await isGone(this.#context.files, pack.path));
  }
}

function movesOnAndOn(id: string, file: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_STORAGE_IO', {
    message: `Block ${id} cannot be read: each time it was found its pack was gone, at last ${file}`,
    kind: 'unavailable',
    retry: 'yes',
    context: { file, block: id },
    hint: 'Try again; where it repeats, look whether something else than Holdfast removes files of the repository',
    ...(cause === undefined ? {} : { cause }),
  });
}
