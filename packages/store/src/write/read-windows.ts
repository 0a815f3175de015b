import { pageSizeBytes } from '@holdfast/core';
import { windowPages } from '../manifest/page-map.js';
import type { CheckedObject } from './object-input.js';
import type { PageSource } from './page-source.js';

const batchPages = 256;

/** The pages that an object has in one window, as they are in the batch's bytes. */
export interface SourceWindow {
  readonly window: number;
  mask: number;
  pageCount: number;
  /** Of the first page in the batch's bytes; the others follow. */
  readonly offset: number;
}

export interface Batch {
  readonly bytes: Buffer;
  readonly windows: readonly SourceWindow[];
}

interface Piece {
  readonly firstPage: number;
  pageCount: number;
  readonly sourceOffset: number;
  readonly offset: number;
}

/** Reads an object in batches of whole windows of at most 1 MiB; one buffer serves all, so a batch is gone when the next is asked for. */
export async function* readWindows(object: CheckedObject, source: PageSource): AsyncGenerator<Batch> {
  const bytes = Buffer.allocUnsafeSlow(Math.min(batchPages, roundUp(object.pageCount)) * pageSizeBytes);
  let [windows, pieces, used]: [SourceWindow[], Piece[], number] = [[], [], 0];
  const read = async (): Promise<Batch> => {
    for (const piece of pieces) await readPiece(object, source, bytes, piece);
    const batch = { bytes, windows };
    [windows, pieces, used] = [[], [], 0];
    return batch;
  };
  for (const extent of object.extents) {
    let done = 0;
    while (done < extent.pageCount) {
      const page = extent.firstPage + done;
      const window = Math.floor(page / windowPages);
      const position = page - window * windowPages;
      const taken = Math.min(extent.pageCount - done, windowPages - position);
      if (windows.at(-1)?.window !== window && used + windowPages > batchPages) yield await read();
      const offset = used * pageSizeBytes;
      note(windows, { window, mask: ((1 << taken) - 1) << position, pageCount: taken, offset });
      notePiece(pieces, { firstPage: page, pageCount: taken, sourceOffset: extent.sourceOffset + done * pageSizeBytes, offset });
      used += taken;
      done += taken;
    }
  }
  if (windows.length > 0) yield await read();
}

function roundUp(pages: number): number {
  return Math.ceil((pages + 1) / windowPages) * windowPages;
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
    last.sourceOffset + last.pageCount * pageSizeBytes === next.sourceOffset;
  if (follows) last.pageCount += next.pageCount;
  else pieces.push(next);
}

/** What lies past the end of the last page of a file reads as zero. */
async function readPiece({ kind, sizeBytes }: CheckedObject, source: PageSource, bytes: Buffer, piece: Piece): Promise<void> {
  const length = piece.pageCount * pageSizeBytes;
  const there = kind === 'memory' ? length : Math.min(length, sizeBytes - piece.firstPage * pageSizeBytes);
  const target = bytes.subarray(piece.offset, piece.offset + length);
  await source.fill(target.subarray(0, there), piece.sourceOffset);
  target.fill(0, there);
}
