import type { ObjectLayout } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core/basics';
import type { KeyedHash } from '../codec/keyed-hash.js';
import type { ObjectMap } from '../manifest/page-map.js';
import type { WindowCursor } from '../manifest/window-cursor.js';
import type { BoundedPool } from '../workers/bounded-pool.js';
import type { BlockHold, BlockPages } from './block-pages.js';
import { fillBatch } from './fill-batch.js';
import { laidOutBytes } from './object-layout.js';
import { type ObjectBatch, planObject } from './plan-object.js';

/** What rebuilds of one snapshot share. */
export interface RebuildTools {
  /** The manifest, for errors. */
  readonly file: string;
  readonly blocks: BlockPages;
  readonly hash: KeyedHash;
  /** Of `batchPages` each. */
  readonly buffers: BoundedPool<Buffer>;
}

export interface Rebuild {
  readonly map: ObjectMap;
  readonly layout: ObjectLayout;
  /** Takes verified bytes; those of several batches at once. */
  readonly take: (bytes: Buffer, offset: number) => Promise<void>;
  /** Throws where the caller has given up. */
  readonly check: () => void;
  /** Windows that need no look. */
  readonly isKnown?: ((cursor: WindowCursor) => boolean) | undefined;
}

/** What is decoded ahead is bounded by BlockPages; this bounds the plans. */
const batchesAhead = 32;

interface AheadBatch {
  readonly batch: ObjectBatch;
  /** Undefined where its blocks are read when they are needed. */
  readonly hold: BlockHold | undefined;
}

/**
 * Rebuilds an object: blocks are decoded ahead, each window's hash is checked before a byte of it is taken, and batches are taken while the next ones are
 * filled. When this settles, nothing is being read or taken any more.
 */
export async function rebuildObject(tools: RebuildTools, rebuild: Rebuild): Promise<void> {
  const { blocks, buffers } = tools;
  const ahead = planAhead(blocks, rebuild);
  const taking = new TakenBatches();
  try {
    for (let next = ahead.next(); next !== undefined; next = ahead.next()) {
      const bytes = await buffers.acquire();
      try {
        taking.check();
        rebuild.check();
        await fillBatch(tools.file, rebuild.map, next.batch, blocks, tools.hash, bytes);
      } catch (error) {
        buffers.release(bytes);
        await ahead.end(next);
        throw error;
      }
      if (next.hold !== undefined) blocks.letGo(next.hold);
      taking.add(takeBatch(rebuild, next.batch, bytes).finally(() => buffers.release(bytes)));
    }
    await taking.settled();
    taking.check();
  } finally {
    await ahead.end();
    await taking.settled();
  }
}

async function takeBatch({ map, layout, take }: Rebuild, { pieces }: ObjectBatch, bytes: Buffer): Promise<void> {
  const endBytes = laidOutBytes(map, layout);
  for (const { target, offset, pageCount } of pieces) {
    const start = target * pageSizeBytes;
    const lengthBytes = Math.min(pageCount * pageSizeBytes, endBytes - start);
    await take(bytes.subarray(offset, offset + lengthBytes), start);
  }
}

interface PlanAhead {
  readonly next: () => AheadBatch | undefined;
  /** Lets go of this one and of all that is ahead. */
  readonly end: (batch?: AheadBatch) => Promise<void>;
}

function planAhead(blocks: BlockPages, { map, layout, isKnown }: Rebuild): PlanAhead {
  const plan = planObject(map, layout, isKnown);
  const queue: AheadBatch[] = [];
  let waiting: ObjectBatch | undefined;
  const fill = (): void => {
    while (queue.length < batchesAhead) {
      waiting ??= plan.next().value;
      if (waiting === undefined) break;
      const hold = blocks.hold(blocksOf(waiting));
      if (hold === undefined && queue.length > 0) break;
      queue.push({ batch: waiting, hold });
      waiting = undefined;
    }
  };
  return {
    next: () => {
      fill();
      return queue.shift();
    },
    end: async (batch) => {
      const left = [...(batch === undefined ? [] : [batch]), ...queue.splice(0)];
      await Promise.all(left.map(async ({ hold }) => hold !== undefined && blocks.abandon(hold)));
    },
  };
}

function* blocksOf({ copies }: ObjectBatch): Generator<number> {
  for (const { block } of copies) if (block >= 0) yield block;
}

/** Batches that are being taken; the first failure counts. */
class TakenBatches {
  readonly #taking = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  add(taking: Promise<void>): void {
    const settled: Promise<void> = taking.then(
      () => void this.#taking.delete(settled),
      (error: unknown) => {
        this.#failure ??= { error };
        this.#taking.delete(settled);
      },
    );
    this.#taking.add(settled);
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async settled(): Promise<void> {
    await Promise.all(this.#taking);
  }
}
