import { join } from 'node:path';
import type {
  CallOptions,
  CheckpointMetadata,
  CheckpointRef,
  CheckpointWriter,
  CommitOptions,
  CommitResult,
  Epoch,
  ObjectInput,
  ObjectResult,
  PutOptions,
} from '@holdfast/core';
import { HoldfastError } from '@holdfast/core/basics';
import { usage } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import type { SnapshotName } from '../files/names.js';
import { removeIfThere } from '../files/whole-files.js';
import { toRef } from '../manifest/manifest.js';
import { PageHashWriter } from '../manifest/page-hash-writer.js';
import { PackWriter } from '../pack/pack-writer.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { BoundedPool } from '../workers/bounded-pool.js';
import { WindowSlot } from '../workers/window-slot.js';
import { BlockBuilder } from './block-builder.js';
import { BlockCollector } from './block-collector.js';
import type { CollectedObject } from './collected-object.js';
import { commitSnapshot } from './commit-snapshot.js';
import { hashingSlots } from './hashed-windows.js';
import { keepObject } from './keep-object.js';
import { movedPages } from './moved-pages.js';
import { checkObject } from './object-input.js';
import type { ParentSnapshot } from './parent-snapshot.js';
import { putObject, type PutTools, storedObject } from './put-object.js';

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
  readonly #tools: PutTools;
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
    this.#builder = new BlockBuilder(context.workers, context.compress, this.#packs, this.#blocks);
    const { workers } = context;
    const slots = new BoundedPool(hashingSlots(workers), () => new WindowSlot());
    this.#tools = { context, builder: this.#builder, hashes: new PageHashWriter(context, paths, name), hashing: { workers, slots } };
  }

  put(input: ObjectInput, options?: PutOptions): Promise<ObjectResult> {
    return this.#oneAfterTheOther(async () => {
      const object = checkObject(input);
      const { parent } = this.#init;
      const like = object.like === undefined ? undefined : this.#objects.get(object.like);
      const known = {
        parent: parent?.object(object.key),
        like: like && (await storedObject(this.#tools, like)),
        moved: parent && movedPages(parent, object),
      };
      const { collected, ...counts } = await putObject(this.#tools, object, known, options).catch((error: unknown) => {
        // A source that is not as announced is no failure of the storage.
        if (this.#builder.failed) this.#state = 'failed';
        throw error;
      });
      this.#objects.set(object.key, collected);
      return counts;
    });
  }

  keep(key: string, options?: CallOptions): Promise<void> {
    return this.#oneAfterTheOther(async () => {
      throwIfAborted(options?.signal, 'store.keep');
      const object = this.#init.parent?.object(key);
      if (object === undefined) {
        throw new HoldfastError('HF_CHECKPOINT_MISSING', {
          message: `The parent of snapshot ${this.ref.number} has no object ${JSON.stringify(key)}`,
          kind: 'not-found',
        });
      }
      this.#objects.set(key, await keepObject(this.#tools.hashes, object));
    });
  }

  drop(key: string): Promise<void> {
    return this.#oneAfterTheOther(() => {
      this.#objects.delete(key);
      return Promise.resolve();
    });
  }

  commit(metadata: CheckpointMetadata, options?: CommitOptions): Promise<CommitResult> {
    return this.#oneAfterTheOther(async () => {
      throwIfAborted(options?.signal, 'store.commit');
      const { context, paths, epoch, name, parent } = this.#init;
      const createdAt = options?.takenAt ?? context.clock.now().toISOString();
      if (!isInstant(createdAt)) throw usage(`takenAt is ${JSON.stringify(createdAt)}, which is no instant such as 2026-01-31T12:00:00.000Z`);
      const result = await this.#storing(async () => {
        await this.#builder.finish();
        await this.#packs.finish();
        const collected = [...this.#objects.values()];
        const objects = collected.map(({ map }) => map);
        const blocks = this.#blocks.compact(objects);
        return await commitSnapshot(context, paths, {
          epoch,
          name,
          parent: parent?.manifest.summary.number,
          createdAt,
          storedBytes: this.#packs.storedBytes,
          body: { metadata, blocks, objects },
          hashes: this.#tools.hashes,
          hashOffsets: collected.map(({ hashOffset }) => hashOffset),
          publishing: () => {
            this.#published = true;
          },
        });
      });
      this.#state = 'done';
      await parent?.[Symbol.asyncDispose]();
      return result;
    });
  }

  async abort(): Promise<void> {
    await this.#last.catch(() => undefined);
    await this.#init.parent?.[Symbol.asyncDispose]();
    if (this.#state === 'done' && this.#published) return;
    this.#state = 'done';
    await this.#builder.abandon();
    await this.#packs.abandon();
    await this.#tools.hashes.abandon();
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

function isInstant(text: string): boolean {
  const time = new Date(text);
  return Number.isFinite(time.getTime()) && time.toISOString() === text;
}
