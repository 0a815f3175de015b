import { isGone } from '../files/is-gone.js';
import { isStale } from '../files/system-errors.js';
import type { PackHint } from '../manifest/manifest.js';
import type { IndexEntry } from '../pack/pack-index.js';
import { PackReader } from '../pack/pack-reader.js';
import { jobPaths, refuseLinks, type StoreContext } from '../repository/store-context.js';

/** Where a block is. Its pack stays open until this is disposed of. */
export interface Located extends Disposable {
  readonly place: PackHint;
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

/** Packs that are open for reading; those used last stay open. */
export class OpenPacks {
  readonly #context: StoreContext;
  readonly #openLimit: number;
  readonly #open = new Map<string, SharedPack>();
  /** Nobody gets these any more; they are closed once nobody uses them. */
  readonly #givenUp = new Set<SharedPack>();

  /** More than `openLimit` are open only while more are in use. */
  constructor(context: StoreContext, openLimit: number) {
    this.#context = context;
    this.#openLimit = openLimit;
  }

  /** Undefined where there is no such file, or no such block in it. Rejects with the error of a pack that is there and cannot be opened. */
  async find(id: string, place: PackHint): Promise<Located | undefined> {
    const key = keyOf(place);
    const shared = this.#open.get(key) ?? { opening: this.#openPack(place, 1), users: 0 };
    this.#open.delete(key);
    this.#open.set(key, shared);
    shared.users += 1;
    const release = (): void => {
      shared.users -= 1;
    };
    try {
      const known = await shared.opening;
      await this.#closeUnused();
      const entry = known?.entries.get(id);
      if (known !== undefined && entry !== undefined) return { place, pack: known.pack, entry, [Symbol.dispose]: release };
      if (known === undefined) this.#forget(key, shared);
    } catch (error) {
      this.#forget(key, shared);
      release();
      throw error;
    }
    release();
    return undefined;
  }

  /** The pack is opened anew by whoever wants it next. */
  async giveUp({ place, pack }: Located): Promise<void> {
    const key = keyOf(place);
    const shared = this.#open.get(key);
    // Somebody else may have done so already, and opened it.
    if (shared === undefined || (await shared.opening.catch(() => undefined))?.pack !== pack) return;
    if (this.#open.get(key) !== shared) return;
    this.#open.delete(key);
    this.#givenUp.add(shared);
  }

  async close(): Promise<void> {
    const packs = [...this.#open.values(), ...this.#givenUp];
    this.#open.clear();
    this.#givenUp.clear();
    for (const shared of packs) await closeShared(shared);
  }

  /** What could not be opened is tried again by the next find. */
  #forget(key: string, shared: SharedPack): void {
    if (this.#open.get(key) === shared) this.#open.delete(key);
  }

  async #closeUnused(): Promise<void> {
    for (const shared of this.#givenUp) {
      if (shared.users > 0) continue;
      this.#givenUp.delete(shared);
      await closeShared(shared);
    }
    for (const [key, shared] of this.#open) {
      if (this.#open.size <= this.#openLimit) break;
      if (shared.users > 0) continue;
      this.#open.delete(key);
      await closeShared(shared);
    }
  }

  async #openPack(place: PackHint, looks: number): Promise<KnownPack | undefined> {
    const { files, root, repositoryId } = this.#context;
    const paths = jobPaths(root, place.job);
    try {
      await refuseLinks(this.#context, paths);
      const pack = await PackReader.open(files, paths.packs, place.pack, repositoryId);
      return { pack, entries: new Map(pack.entries.map((entry) => [entry.id, entry])) };
    } catch (error) {
      // However it failed: what was removed while it was opened may look damaged, too.
      if (await isGone(files, packPath(root, place))) return undefined;
      if (looks === 1 && isStale(error)) return await this.#openPack(place, looks + 1);
      throw error;
    }
  }
}

export function keyOf({ job, pack }: PackHint): string {
  return `${job}/${pack}`;
}

export function packPath(root: string, { job, pack }: PackHint): string {
  return `${jobPaths(root, job).packs}/${pack}`;
}

/** Nothing was written, so a close that fails loses nothing. */
async function closeShared({ opening }: SharedPack): Promise<void> {
  await opening.then((known) => known?.pack.close()).catch(() => undefined);
}
