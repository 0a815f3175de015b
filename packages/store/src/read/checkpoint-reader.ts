import { join } from 'node:path';
import type {
  CallOptions,
  CheckpointMetadata,
  CheckpointObject,
  CheckpointSummary,
  FilledRun,
  ObjectLayout,
  PageChunk,
  PagedReader,
  PageRun,
  WriteOptions,
} from '@holdfast/core';
import { HoldfastError, isHoldfastError, pageSizeBytes } from '@holdfast/core/basics';
import { checkpointMissing, corrupt, usage } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import type { OpenFile } from '../files/file-operations.js';
import { isGone } from '../files/is-gone.js';
import { manifestName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import { removeIfThere, writeFully } from '../files/whole-files.js';
import { blockId, type Manifest, toCheckpointSummary } from '../manifest/manifest.js';
import type { ObjectMap } from '../manifest/page-map.js';
import type { WindowCursor } from '../manifest/window-cursor.js';
import { assertSame } from '../repository/assert-same.js';
import { jobPaths, type StoreContext } from '../repository/store-context.js';
import { BlockLocator } from './block-locator.js';
import { BlockPages } from './block-pages.js';
import { matchesObject } from './match-object.js';
import { laidOutBytes } from './object-layout.js';
import { ObjectPages } from './object-pages.js';
import { batchPages } from './plan-object.js';
import { ReadingMemory } from './reading-memory.js';
import { type RebuildTools, rebuildObject } from './rebuild-object.js';
import { VerifiedWindows } from './verified-windows.js';
import { writePages } from './write-pages.js';

const readLimitBytes = 256 * 1024 * 1024;

/** What reading files fails with that somebody removes. */
const mayBeRemoved: ReadonlySet<string> = new Set(['corrupt', 'not-found', 'unavailable']);

export class RepositoryReader implements PagedReader {
  readonly summary: CheckpointSummary;
  readonly metadata: CheckpointMetadata;
  readonly objects: readonly CheckpointObject[];
  readonly #context: StoreContext;
  readonly #manifest: Manifest;
  readonly #maps: ReadonlyMap<string, ObjectMap>;
  readonly #locator: BlockLocator;
  readonly #tools: RebuildTools;
  readonly #pages = new Map<string, ObjectPages>();

  constructor(context: StoreContext, manifest: Manifest, eligible: boolean, memory: ReadingMemory = new ReadingMemory(context.workers.width)) {
    this.#context = context;
    this.#manifest = manifest;
    this.summary = toCheckpointSummary(manifest.summary, eligible);
    this.metadata = manifest.metadata;
    this.objects = manifest.objects.map(describe);
    this.#maps = new Map(manifest.objects.map((map) => [map.key, map]));
    this.#locator = new BlockLocator(context);
    this.#tools = {
      file: join(jobPaths(context.root, manifest.summary.job).manifests, manifestName(manifest.summary)),
      blocks: new BlockPages(context, manifest.blocks, this.#locator, memory),
      hash: context.hash,
      buffers: memory.batches,
    };
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

  async write(key: string, path: string, layout: ObjectLayout, options: WriteOptions = {}): Promise<void> {
    const map = this.#map(key);
    const { signal } = options;
    const lengthBytes = laidOutBytes(map, layout);
    const onProgress = lengthBytes > batchPages * pageSizeBytes ? options.onProgress : undefined;
    const file = await this.#context.files.open(path, 'create');
    let reachedBytes = 0;
    try {
      await this.#rebuild(map, layout, signal, async (bytes, offset) => {
        await writeFully(file, bytes, offset);
        reachedBytes = Math.max(reachedBytes, offset + bytes.length);
        onProgress?.(reachedBytes);
      });
      await file.truncate(lengthBytes);
    } catch (error) {
      await file.close().catch(() => undefined);
      await removeIfThere(this.#context.files, path).catch(() => false);
      throw error;
    }
    await file.close();
  }

  chunk(key: string, firstPage: number, pageCount: number): PageChunk {
    let pages = this.#pages.get(key);
    if (pages === undefined) this.#pages.set(key, (pages = new ObjectPages(this.#tools, this.#map(key))));
    const chunk = pages.chunk(firstPage, pageCount);
    const fill = (target: Buffer): Promise<readonly FilledRun[]> => this.#told(() => chunk.fill(target));
    return { ahead: () => chunk.ahead(), fill, end: () => chunk.end() };
  }

  async assertPresent({ signal }: CallOptions = {}): Promise<void> {
    const { blocks } = this.#manifest;
    await this.#told(async () => {
      for (let ordinal = 0; ordinal < blocks.length; ordinal += 1) {
        throwIfAborted(signal, 'store.read');
        const hint = blocks.packs[blocks.packOf[ordinal] ?? -1];
        if (hint === undefined) throw corrupt('HF_MANIFEST_CORRUPT', this.#tools.file, `its block ${ordinal} is in no pack`);
        (await this.#locator.find(blockId(blocks, ordinal), hint))[Symbol.dispose]();
      }
    });
  }

  async writePages(key: string, runs: readonly PageRun[], path: string, { signal }: CallOptions = {}): Promise<void> {
    const file = await this.#context.files.open(path, 'create');
    const buffer = await this.#tools.buffers.acquire();
    try {
      const written = await writePages({
        runs,
        chunk: (first, count) => this.chunk(key, first, count),
        buffer,
        write: (bytes, position) => writeFully(file, bytes, position),
        check: () => throwIfAborted(signal, 'store.read'),
      });
      if (written !== runs.reduce((sum, { pageCount }) => sum + pageCount, 0) * pageSizeBytes)
        throw corrupt('HF_MANIFEST_CORRUPT', this.#tools.file, `${JSON.stringify(key)} lacks pages that it should have`);
    } catch (error) {
      await file.close().catch(() => undefined);
      await removeIfThere(this.#context.files, path).catch(() => false);
      throw error;
    } finally {
      this.#tools.buffers.release(buffer);
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

  verify(options?: CallOptions & { readonly onProgress?: (bytes: number, totalBytes: number) => void }): Promise<void> {
    return this.verifySince(undefined, options);
  }

  /** As `verify`; windows that are as in a snapshot that was just verified whole are right if they were right there. */
  async verifySince(verified: Manifest | undefined, options?: Parameters<PagedReader['verify']>[0]): Promise<void> {
    const total = [...this.#maps.values()].reduce((sum, map) => sum + map.pageCount * pageSizeBytes, 0);
    const known = verified === undefined ? undefined : new VerifiedWindows(verified, this.#manifest.blocks);
    let before = 0;
    for (const map of this.#maps.values()) {
      let done = before;
      const advance = (bytes: Buffer): Promise<void> => {
        done += bytes.length;
        options?.onProgress?.(done, total);
        return Promise.resolve();
      };
      await this.#rebuild(map, 'packed', options?.signal, advance, known?.of(map));
      before += map.pageCount * pageSizeBytes;
      options?.onProgress?.(before, total);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tools.blocks.clear();
    await this.#locator.close();
  }

  async #rebuild(
    map: ObjectMap,
    layout: ObjectLayout,
    signal: AbortSignal | undefined,
    take: (bytes: Buffer, offset: number) => Promise<void>,
    isKnown?: (cursor: WindowCursor) => boolean,
  ): Promise<void> {
    const check = (): void => throwIfAborted(signal, 'store.read');
    check();
    await this.#told(() => rebuildObject(this.#tools, { map, layout, take, check, isKnown }));
  }

  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.#assertThere(error);
      throw error;
    }
  }

  /** Who reads without a pin, or stood still for longer than his holds, may find that the snapshot was removed: nothing is damaged then. */
  async #assertThere(failure: unknown): Promise<void> {
    if (!isHoldfastError(failure) || !mayBeRemoved.has(failure.kind) || !(await isGone(this.#context.files, this.#tools.file))) return;
    await assertSame(this.#context);
    throw checkpointMissing(this.summary.job, this.summary.number, 'was removed while it was read', failure);
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
