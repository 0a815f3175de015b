import { join } from 'node:path';
import {
  type CallOptions,
  type CheckpointMetadata,
  type CheckpointRef,
  type CheckpointWriter,
  type CommitResult,
  type Epoch,
  HoldfastError,
  type ObjectInput,
  type ObjectResult,
} from '@holdfast/core';
import { usage } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import type { SnapshotName } from '../files/names.js';
import { removeIfThere } from '../files/whole-files.js';
import { GrowingSegments } from '../manifest/growing-segments.js';
import { toRef } from '../manifest/manifest.js';
import { PackWriter } from '../pack/pack-writer.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { BlockBuilder } from './block-builder.js';
import { BlockCollector } from './block-collector.js';
import { ChangeDetector } from './change-detector.js';
import type { CollectedObject } from './collected-object.js';
import { commitSnapshot } from './commit-snapshot.js';
import { checkObject } from './object-input.js';
import { openPageSource } from './page-source.js';
import type { ParentSnapshot } from './parent-snapshot.js';
import { readWindows } from './read-windows.js';

export interface WriterInit {
  readonly context: StoreContext;
  readonly paths: JobPaths;
  readonly epoch: Epoch;
  readonly name: SnapshotName;
  readonly parent: ParentSnapshot | undefined;
}

export class RepositoryWriter implements CheckpointWriter {
  readonly ref: CheckpointRef;
  readonly #init: WriterInit;
  readonly #packs: PackWriter;
  readonly #blocks: BlockCollector;
  readonly #builder: BlockBuilder;
  readonly #objects = new Map<string, CollectedObject>();
  #state: 'open' | 'failed' | 'done' = 'open';
  #published = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(init: WriterInit) {
    const { context, paths, name, parent } = init;
    this.ref = toRef(paths.job, name);
    this.#init = init;
    this.#packs = new PackWriter(context, paths, name);
    this.#blocks = new BlockCollector(paths.job, parent?.manifest.blocks);
    this.#builder = new BlockBuilder(this.#packs, this.#blocks);
  }

  put(input: ObjectInput, options?: CallOptions): Promise<ObjectResult> {
    return this.#oneAfterTheOther(async () => {
      const object = checkObject(input);
      const { context, parent } = this.#init;
      const before = this.#packs.storedBytes;
      const detector = new ChangeDetector(context.hash, this.#builder, await parent?.object(object.key));
      const source = await openPageSource(context.files, object.source, object.key);
      try {
        for await (const batch of readWindows(object, source)) {
          throwIfAborted(options?.signal, 'store.put');
          for (const window of batch.windows) detector.take(window, batch.bytes);
          await this.#storing(() => this.#builder.drain());
        }
      } finally {
        await source.close();
      }
      const { key, kind, sizeBytes, runFirst, runCount, pageCount } = object;
      const map = { key, kind, sizeBytes, runFirst, runCount, pageCount, segments: detector.segments, windowHashes: detector.windowHashes };
      this.#objects.set(key, { map, pageHashes: detector.pageHashes });
      return { changedPages: detector.changedPages, storedBytes: this.#packs.storedBytes - before };
    });
  }

  keep(key: string, options?: CallOptions): Promise<void> {
    return this.#oneAfterTheOther(async () => {
      throwIfAborted(options?.signal, 'store.keep');
      const object = await this.#init.parent?.object(key);
      if (object === undefined) {
        throw new HoldfastError('HF_CHECKPOINT_MISSING', {
          message: `The parent of snapshot ${this.ref.number} has no object ${JSON.stringify(key)}`,
          kind: 'not-found',
        });
      }
      const segments = new GrowingSegments();
      const from = object.map.segments;
      for (let at = 0; at < from.length; at += 1) segments.append(from.blocks[at] ?? -1, from.indexes[at] ?? 0, from.counts[at] ?? 0);
      this.#objects.set(key, { map: { ...object.map, segments }, pageHashes: object.pageHashes ?? Buffer.alloc(object.map.pageCount * 16) });
    });
  }

  drop(key: string): Promise<void> {
    return this.#oneAfterTheOther(() => {
      this.#objects.delete(key);
      return Promise.resolve();
    });
  }

  commit(metadata: CheckpointMetadata, options?: CallOptions): Promise<CommitResult> {
    return this.#oneAfterTheOther(async () => {
      throwIfAborted(options?.signal, 'store.commit');
      const { context, paths, epoch, name, parent } = this.#init;
      const result = await this.#storing(async () => {
        await this.#builder.finish();
        await this.#packs.finish();
        const { blocks, objects } = this.#blocks.compact([...this.#objects.values()].map(({ map }) => map));
        return await commitSnapshot(context, paths, {
          epoch,
          name,
          parent: parent?.manifest.summary.number,
          storedBytes: this.#packs.storedBytes,
          body: { metadata, blocks, objects },
          pageHashes: [...this.#objects.values()].map(({ pageHashes }) => pageHashes),
          publishing: () => {
            this.#published = true;
          },
        });
      });
      this.#state = 'done';
      return result;
    });
  }

  async abort(): Promise<void> {
    await this.#last.catch(() => undefined);
    if (this.#state === 'done' && this.#published) return;
    this.#state = 'done';
    await this.#packs.abandon();
    // Of a commit that failed half-way the manifest may be there, so its packs stay.
    if (this.#published) return;
    for (const pack of this.#packs.names) await removeIfThere(this.#init.context.files, join(this.#init.paths.packs, pack)).catch(() => false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }

  /** Calls do not overlap: pages of several objects share a block. */
  #oneAfterTheOther<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(
      () => this.#whileOpen(work),
      () => this.#whileOpen(work),
    );
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #whileOpen<T>(work: () => Promise<T>): Promise<T> {
    if (this.#state === 'open') return work();
    const why = this.#state === 'done' ? 'was committed or given up' : 'failed to store something';
    throw usage(`The writer of snapshot ${this.ref.number} of job ${this.ref.job} ${why}: it takes nothing more`, 'Begin another snapshot');
  }

  /** After a failure of the storage nothing of this snapshot is trusted any more. */
  async #storing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#state = 'failed';
      throw error;
    }
  }
}
