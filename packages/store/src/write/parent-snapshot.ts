import type { Manifest } from '../manifest/manifest.js';
import { PageHashReader } from '../manifest/page-hash-reader.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import type { StoredObject } from './page-reference.js';

/** The snapshot that a new one is compared with. */
export class ParentSnapshot implements AsyncDisposable {
  readonly manifest: Manifest;
  readonly #hashes: PageHashReader;
  readonly #ordinals: ReadonlyMap<string, number>;

  private constructor(manifest: Manifest, hashes: PageHashReader) {
    this.manifest = manifest;
    this.#hashes = hashes;
    this.#ordinals = new Map(manifest.objects.map(({ key }, ordinal) => [key, ordinal]));
  }

  static async open(context: StoreContext, paths: JobPaths, manifest: Manifest): Promise<ParentSnapshot> {
    return new ParentSnapshot(manifest, await PageHashReader.open(context, paths, manifest));
  }

  /** An object with what is known of its pages' hashes. */
  object(key: string): StoredObject | undefined {
    const ordinal = this.#ordinals.get(key) ?? -1;
    const map = this.manifest.objects[ordinal];
    return map === undefined ? undefined : { map, hashes: this.#hashes.object(ordinal, map.pageCount) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hashes[Symbol.asyncDispose]();
  }
}
