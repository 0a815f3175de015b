import { join } from 'node:path';
import {
  type CallOptions,
  type CheckpointMetadata,
  type CheckpointObject,
  type CheckpointReader,
  type CheckpointSummary,
  HoldfastError,
  type ObjectLayout,
  pageSizeBytes,
} from '@holdfast/core';
import { usage } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import type { OpenFile } from '../files/file-operations.js';
import { manifestName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import { removeIfThere, writeFully } from '../files/whole-files.js';
import { type Manifest, toCheckpointSummary } from '../manifest/manifest.js';
import type { ObjectMap } from '../manifest/page-map.js';
import { jobPaths, type StoreContext } from '../repository/store-context.js';
import { BlockLocator } from './block-locator.js';
import { BlockPages } from './block-pages.js';
import { matchesObject } from './match-object.js';
import { laidOutBytes, place } from './object-layout.js';
import { type RebuiltPages, rebuildObject } from './rebuild-object.js';

const readLimitBytes = 256 * 1024 * 1024;

export class RepositoryReader implements CheckpointReader {
  readonly summary: CheckpointSummary;
  readonly metadata: CheckpointMetadata;
  readonly objects: readonly CheckpointObject[];
  readonly #context: StoreContext;
  readonly #file: string;
  readonly #maps: ReadonlyMap<string, ObjectMap>;
  readonly #locator: BlockLocator;
  readonly #blocks: BlockPages;

  constructor(context: StoreContext, manifest: Manifest, eligible: boolean) {
    this.#context = context;
    this.#file = join(jobPaths(context.root, manifest.summary.job).manifests, manifestName(manifest.summary));
    this.summary = toCheckpointSummary(manifest.summary, eligible);
    this.metadata = manifest.metadata;
    this.objects = manifest.objects.map(describe);
    this.#maps = new Map(manifest.objects.map((map) => [map.key, map]));
    this.#locator = new BlockLocator(context);
    this.#blocks = new BlockPages(manifest.blocks, this.#locator, context.cipher);
  }

  async read(key: string, options?: CallOptions): Promise<Uint8Array> {
    const map = this.#map(key);
    const length = laidOutBytes(map, 'packed');
    if (length > readLimitBytes)
      throw usage(`The object ${JSON.stringify(key)} of ${length} bytes is too large to be read into memory`, 'Write it to a file');
    const result = new Uint8Array(length);
    await this.#rebuild(map, 'packed', options?.signal, (bytes, offset) => {
      result.set(bytes, offset);
      return Promise.resolve();
    });
    return result;
  }

  async write(key: string, path: string, layout: ObjectLayout, options?: CallOptions): Promise<void> {
    const map = this.#map(key);
    const file = await this.#context.files.open(path, 'create');
    try {
      await this.#rebuild(map, layout, options?.signal, (bytes, offset) => writeFully(file, bytes, offset));
      await file.truncate(laidOutBytes(map, layout));
    } catch (error) {
      await file.close().catch(() => undefined);
      await removeIfThere(this.#context.files, path).catch(() => false);
      throw error;
    }
    await file.close();
  }

  async matches(key: string, path: string, options?: CallOptions): Promise<boolean> {
    const map = this.#map(key);
    if (map.kind === 'memory') throw usage(`The object ${JSON.stringify(key)} is memory: no file has its bytes`);
    const file = await this.#openIfThere(path);
    if (file === undefined) return false;
    try {
      const { type, sizeBytes } = await file.info();
      if (type !== 'file' || sizeBytes !== map.sizeBytes) return false;
      return await matchesObject(map, file, this.#context.hash, () => throwIfAborted(options?.signal, 'store.matches'));
    } finally {
      await file.close();
    }
  }

  async verify(options?: CallOptions & { readonly onProgress?: (bytes: number, totalBytes: number) => void }): Promise<void> {
    const total = [...this.#maps.values()].reduce((sum, map) => sum + map.pageCount * pageSizeBytes, 0);
    let before = 0;
    for (const map of this.#maps.values()) {
      const start = before;
      await this.#rebuild(map, 'packed', options?.signal, (bytes, offset) => {
        options?.onProgress?.(start + offset + bytes.length, total);
        return Promise.resolve();
      });
      before += map.pageCount * pageSizeBytes;
      options?.onProgress?.(before, total);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#locator.close();
  }

  async #rebuild(
    map: ObjectMap,
    layout: ObjectLayout,
    signal: AbortSignal | undefined,
    take: (bytes: Buffer, offset: number) => Promise<void>,
  ): Promise<void> {
    throwIfAborted(signal, 'store.read');
    const pages: AsyncGenerator<RebuiltPages> = rebuildObject(this.#file, map, this.#blocks, this.#context.hash);
    for await (const rebuilt of pages) {
      throwIfAborted(signal, 'store.read');
      const { bytes, offset } = place(map, layout, rebuilt);
      await take(bytes, offset);
    }
  }

  /** Undefined where there is nothing, or a link, which is never followed. */
  async #openIfThere(path: string): Promise<OpenFile | undefined> {
    try {
      return await this.#context.files.open(path, 'compare');
    } catch (error) {
      const code = systemCode(error);
      if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR' || code === 'ENXIO') return undefined;
      throw error;
    }
  }

  #map(key: string): ObjectMap {
    const map = this.#maps.get(key);
    if (map !== undefined) return map;
    throw new HoldfastError('HF_CHECKPOINT_MISSING', {
      message: `Snapshot ${this.summary.number} of job ${this.summary.job} has no object ${JSON.stringify(key)}`,
      kind: 'not-found',
    });
  }
}

function describe({ key, kind, sizeBytes, runFirst, runCount }: ObjectMap): CheckpointObject {
  return { key, kind, sizeBytes, runs: Array.from(runFirst, (firstPage, at) => ({ firstPage, pageCount: runCount[at] ?? 0 })) };
}
