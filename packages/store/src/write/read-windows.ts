import { setImmediate } from 'node:timers/promises';
import { pageSizeBytes } from '@holdfast/core/basics';
import { windowPages } from '../manifest/page-map.js';
import type { WindowSlot } from '../workers/window-slot.js';
import type { CheckedObject } from './object-input.js';
import type { PageSources } from './page-source.js';
import { batchPages, type Piece, type PlannedBatch, planBatches, type SourceWindow } from './plan-batches.js';

/** One batch is looked at, so many are being read meanwhile. */
const batchesAhead = 3;
/** About a millisecond. */
const batchesPerTurn = 8;

export interface Batch {
  /** Valid until the next batch is asked for. */
  readonly bytes: Buffer;
  readonly windows: readonly SourceWindow[];
  /** Where hashes of the windows, by their place in the list, were computed already. */
  readonly hashes?: WindowSlot;
}

interface Reading {
  readonly batch: Batch;
  readonly done: Promise<void>;
}

/** Reads an object in batches of whole windows; when this ends, however it ends, nothing is being read any more. */
export function readWindows(object: CheckedObject, sources: PageSources): AsyncGenerator<Batch> {
  return sources.readsNow ? readAtOnce(object, sources) : readAhead(object, sources);
}

/** Lets others have their turn of the event loop every few batches. */
async function* readAtOnce(object: CheckedObject, sources: PageSources): AsyncGenerator<Batch> {
  const bytes = batchBuffer(object);
  let turns = 0;
  for (const { windows, pieces } of planBatches(object)) {
    for (const { offset, pageCount, sourceIndex, sourceOffset } of pieces)
      sources.at(sourceIndex).fillNow?.(bytes.subarray(offset, offset + pageCount * pageSizeBytes), sourceOffset);
    yield { bytes, windows };
    turns += 1;
    if (turns % batchesPerTurn === 0) await setImmediate();
  }
}

/** Some batches are read while one is looked at. */
async function* readAhead(object: CheckedObject, sources: PageSources): AsyncGenerator<Batch> {
  const plan = planBatches(object);
  const reading: Reading[] = [];
  const spare: Buffer[] = [];
  const readNext = (): void => {
    const { value, done }: IteratorResult<PlannedBatch, undefined> = plan.next();
    if (done === true) return;
    const bytes = spare.pop() ?? batchBuffer(object);
    const read = readPieces(object, sources, bytes, value.pieces);
    read.catch(() => undefined);
    reading.push({ batch: { bytes, windows: value.windows }, done: read });
  };
  try {
    for (let ahead = 0; ahead < batchesAhead; ahead += 1) readNext();
    for (let next = reading.shift(); next !== undefined; next = reading.shift()) {
      await next.done;
      yield next.batch;
      spare.push(next.batch.bytes);
      readNext();
    }
  } finally {
    await Promise.allSettled(reading.map(({ done }) => done));
  }
}

function batchBuffer({ pageCount }: CheckedObject): Buffer {
  const wholeWindows = Math.ceil((pageCount + 1) / windowPages) * windowPages;
  return Buffer.allocUnsafeSlow(Math.min(batchPages, wholeWindows) * pageSizeBytes);
}

/** Fills `bytes` with what the pieces name. */
export async function readPieces(object: CheckedObject, sources: PageSources, bytes: Buffer, pieces: readonly Piece[]): Promise<void> {
  for (const piece of pieces) await readPiece(object, sources, bytes, piece);
}

/** What lies past the end of the last page of a file reads as zero. */
async function readPiece({ kind, sizeBytes }: CheckedObject, sources: PageSources, bytes: Buffer, piece: Piece): Promise<void> {
  const length = piece.pageCount * pageSizeBytes;
  const there = kind === 'memory' ? length : Math.min(length, sizeBytes - piece.firstPage * pageSizeBytes);
  const target = bytes.subarray(piece.offset, piece.offset + length);
  const source = sources.at(piece.sourceIndex);
  if (source.fillNow === undefined) await source.fill(target.subarray(0, there), piece.sourceOffset);
  else source.fillNow(target.subarray(0, there), piece.sourceOffset);
  target.fill(0, there);
}
