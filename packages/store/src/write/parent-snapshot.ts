import type { Manifest } from '../manifest/manifest.js';
import { readPageHashes } from '../manifest/page-hashes.js';
import type { ObjectMap } from '../manifest/page-map.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import type { ParentObject } from './change-detector.js';

interface Placed {
  readonly map: ObjectMap;
  /** Of its first page among all pages of the manifest. */
  readonly firstPage: number;
}

/** The snapshot that a new one is compared with. */
export class ParentSnapshot {
  readonly manifest: Manifest;
  readonly #context: StoreContext;
  readonly #paths: JobPaths;
  readonly #objects = new Map<string, Placed>();

  constructor(context: StoreContext, paths: JobPaths, manifest: Manifest) {
    this.#context = context;
    this.#paths = paths;
    this.manifest = manifest;
    let firstPage = 0;
    for (const map of manifest.objects) {
      this.#objects.set(map.key, { map, firstPage });
      firstPage += map.pageCount;
    }
  }

  /** An object with what is known of its pages' hashes. */
  async object(key: string): Promise<ParentObject | undefined> {
    const placed = this.#objects.get(key);
    if (placed === undefined) return undefined;
    const { summary, digest } = this.manifest;
    const pageHashes = await readPageHashes(this.#context, this.#paths, summary, digest, placed.firstPage, placed.map.pageCount);
    return { map: placed.map, pageHashes };
  }
}
