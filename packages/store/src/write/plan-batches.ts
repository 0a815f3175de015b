import { pageSizeBytes } from '@holdfast/core/basics';
import { windowPages } from '../manifest/page-map.js';
import type { CheckedObject } from './object-input.js';

export const batchPages = 256;

/** The pages that an object has in one window, as they are in the batch's bytes. */
export interface SourceWindow {
  readonly window: number;
  mask: number;
  pageCount: number;
  /** Of the first page in the batch's bytes; the others follow. */
  readonly offset: number;
}

/** Pages that follow each other in the object and in one of its sources. */
export interface Piece {
  readonly firstPage: number;
  pageCount: number;
  readonly sourceIndex: number;
  readonly sourceOffset: number;
  readonly offset: number;
}

/** Whole windows that are read together, of at most 1 MiB. */
export interface PlannedBatch {
  readonly windows: readonly SourceWindow[];
  readonly pieces: readonly Piece[];
}

export function* planBatches({ extents }: CheckedObject): Generator<PlannedBatch, undefined> {
  let [windows, pieces, used]: [SourceWindow[], Piece[], number] = [[], [], 0];
  for (const extent of extents) {
    let done = 0;
    while (done < extent.pageCount) {
      const page = extent.firstPage + done;
      const window = Math.floor(page / windowPages);
      const position = page - window * windowPages;
      const taken = Math.min(extent.pageCount - done, windowPages - position);
      if (windows.at(-1)?.window !== window && used + windowPages > batchPages) {
        yield { windows, pieces };
        [windows, pieces, used] = [[], [], 0];
      }
      const offset = used * pageSizeBytes;
      note(windows, { window, mask: ((1 << taken) - 1) << position, pageCount: taken, offset });
      const { sourceIndex = 0, sourceOffset } = extent;
      notePiece(pieces, { firstPage: page, pageCount: taken, sourceIndex, sourceOffset: sourceOffset + done * pageSizeBytes, offset });
      used += taken;
      done += taken;
    }
  }
  if (windows.length > 0) yield { windows, pieces };
}

function note(windows: SourceWindow[], next: SourceWindow): void {
  const last = windows.at(-1);
  if (last?.window !== next.window) {
    windows.push(next);
    return;
  }
  last.mask |= next.mask;
  last.pageCount += next.pageCount;
}

function notePiece(pieces: Piece[], next: Piece): void {
  const last = pieces.at(-1);
  const follows =
    last !== undefined &&
    last.firstPage + last.pageCount === next.firstPage &&
    last.sourceIndex === next.sourceIndex &&
    last.sourceOffset + last.pageCount * pageSizeBytes === next.sourceOffset;
  if (follows) last.pageCount += next.pageCount;
  else pieces.push(next);
}
