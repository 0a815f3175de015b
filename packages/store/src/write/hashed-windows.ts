import type { BlockWorkers } from '../workers/block-workers.js';
import type { BoundedPool } from '../workers/bounded-pool.js';
import type { SlotPiece } from '../workers/tasks.js';
import type { HashPlace, WindowSlot } from '../workers/window-slot.js';
import type { ObjectMap } from '../manifest/page-map.js';
import { WindowCursor } from '../manifest/window-cursor.js';
import type { CheckedObject } from './object-input.js';
import type { PageSources } from './page-source.js';
import { batchPages, type Piece, planBatches, type PlannedBatch, type SourceWindow } from './plan-batches.js';
import { type Batch, readPieces } from './read-windows.js';

export interface HashingTools {
  readonly workers: BlockWorkers;
  /** Whoever puts an object takes as many of them as there are. */
  readonly slots: BoundedPool<WindowSlot>;
}

/** One batch is looked at, and so many more than there are threads are read and hashed. */
const batchesAhead = 1;

export function hashingSlots({ width }: BlockWorkers): number {
  return width + batchesAhead + 1;
}

/** An object of one batch has nothing that could be hashed meanwhile. */
export function isWorthThreads({ pageCount }: Pick<CheckedObject, 'pageCount'>): boolean {
  return pageCount > batchPages;
}

interface HashedBatch extends Batch {
  readonly hashes: WindowSlot;
  readonly done: Promise<void>;
}

/**
 * Reads an object as readWindows does, its hashes computed by other threads ahead of use; those of pages only where a window is in none of `known` as it is
 * now. When this ends, however it ends, nothing is being read or hashed any more.
 */
export async function* hashedWindows(
  object: CheckedObject,
  sources: PageSources,
  known: readonly ObjectMap[],
  { workers, slots }: HashingTools,
): AsyncGenerator<Batch> {
  const plan = planBatches(object);
  const cursors = known.map((map) => ({ map, cursor: new WindowCursor(map) }));
  const free: WindowSlot[] = [];
  const ahead: HashedBatch[] = [];
  const begin = (): void => {
    while (free.length > 0) {
      const { value, done }: IteratorResult<PlannedBatch, undefined> = plan.next();
      const slot = done === true ? undefined : free.pop();
      if (done === true || slot === undefined) return;
      for (const [index, window] of value.windows.entries()) slot.setWindow(index, window, expectedHashes(cursors, window));
      const read = readAndHash(object, sources, slot, value, workers);
      read.catch(() => undefined);
      ahead.push({ bytes: slot.pages, windows: value.windows, hashes: slot, done: read });
    }
  };
  try {
    for (let wanted = hashingSlots(workers); wanted > 0; wanted -= 1) free.push(await slots.acquire());
    begin();
    for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
      ahead.unshift(next);
      await next.done;
      yield next;
      ahead.shift();
      free.push(next.hashes);
      begin();
    }
  } finally {
    await Promise.allSettled(ahead.map(({ done }) => done));
    for (const slot of [...free, ...ahead.map(({ hashes }) => hashes)]) slots.release(slot);
  }
}

/** What lies on this machine is read by the thread that hashes it. */
async function readAndHash(
  object: CheckedObject,
  sources: PageSources,
  slot: WindowSlot,
  { windows, pieces }: PlannedBatch,
  workers: BlockWorkers,
): Promise<void> {
  const count = windows.length;
  const reads = descriptorPieces(sources, pieces);
  if (reads !== undefined && (await workers.hash(slot, { count, reads }))) return;
  // Also where there was less to read: this says so.
  await readPieces(object, sources, slot.pages, pieces);
  await workers.hash(slot, { count });
}

/** Undefined where one of the pieces does not lie on this machine. */
function descriptorPieces(sources: PageSources, pieces: readonly Piece[]): readonly SlotPiece[] | undefined {
  const found: SlotPiece[] = [];
  for (const { offset, pageCount, sourceIndex, sourceOffset } of pieces) {
    const { descriptor } = sources.at(sourceIndex);
    if (descriptor === undefined) return undefined;
    found.push({ descriptor, offset, pageCount, sourceOffset });
  }
  return found;
}

interface KnownObject {
  readonly map: ObjectMap;
  readonly cursor: WindowCursor;
}

/** What the window's hash was where the same pages of it were stored. */
function expectedHashes(known: readonly KnownObject[], { window, mask }: SourceWindow): readonly HashPlace[] {
  const there = known.filter(({ cursor }) => cursor.seek(window) && cursor.mask === mask && cursor.hashOffset >= 0);
  return there.map(({ map, cursor }) => ({ hashes: map.windowHashes, at: cursor.hashOffset }));
}
