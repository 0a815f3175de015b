import { type FileHandle, open } from 'node:fs/promises';
import { type ObjectInput, pageSizeBytes } from '@holdfast/core';
import { StagedImages } from '@holdfast/engine/internal';

export interface ImageFacts {
  /** Bytes of all address spaces. */
  readonly memoryBytes: number;
  /** Bytes of the pages that a second snapshot cannot do without: not zero, and not what the same address had in the first. */
  readonly changedBytes: number;
}

const zeroPage = Buffer.alloc(pageSizeBytes);

/** What truly changed, by comparing each page of the second images with the page of the same process and address in the first. */
export async function imageFacts(before: string, after: string): Promise<ImageFacts> {
  const [olds, news] = await Promise.all([new StagedImages(before).objects(), new StagedImages(after).objects()]);
  // What is not in a file is the capturer's own note.
  const byKey = new Map(olds.map((object) => [object.key, object]));
  let [memoryBytes, changedPages] = [0, 0];
  for (const object of news.filter(({ source }) => source.kind === 'path')) {
    if (object.kind === 'memory') memoryBytes += object.sizeBytes;
    changedPages += await changedPagesOf(object, byKey.get(object.key));
  }
  return { memoryBytes, changedBytes: changedPages * pageSizeBytes };
}

async function changedPagesOf(object: ObjectInput, old: ObjectInput | undefined): Promise<number> {
  await using source = await open(pathOf(object));
  await using oldSource = old === undefined ? undefined : await open(pathOf(old));
  let changed = 0;
  for (const piece of pieces(object, old)) {
    const bytes = await pagesAt(source, piece.sourceOffset, piece.pageCount);
    const oldBytes =
      oldSource === undefined || piece.oldOffset === undefined ? undefined : await pagesAt(oldSource, piece.oldOffset, piece.pageCount);
    for (let at = 0; at < bytes.length; at += pageSizeBytes) {
      const page = bytes.subarray(at, at + pageSizeBytes);
      if (!page.equals(zeroPage) && oldBytes?.subarray(at, at + pageSizeBytes).equals(page) !== true) changed += 1;
    }
  }
  return changed;
}

interface Piece {
  readonly pageCount: number;
  readonly sourceOffset: number;
  /** Where the same addresses lie in the first images; undefined where those had no such pages. */
  readonly oldOffset: number | undefined;
}

const pieceLimitPages = 2048;

/** Runs of pages that lie back to back in both sources. */
function* pieces(object: ObjectInput, old: ObjectInput | undefined): Generator<Piece> {
  const oldOffsets = new Map<number, number>();
  for (const { firstPage, pageCount, sourceOffset } of old?.extents ?? [])
    for (let page = 0; page < pageCount; page++) oldOffsets.set(firstPage + page, sourceOffset + page * pageSizeBytes);
  for (const { firstPage, pageCount, sourceOffset } of object.extents) {
    for (let done = 0; done < pageCount; ) {
      const oldOffset = oldOffsets.get(firstPage + done);
      const follows = (page: number): boolean =>
        oldOffsets.get(firstPage + done + page) === (oldOffset === undefined ? undefined : oldOffset + page * pageSizeBytes);
      let count = 1;
      while (count < pieceLimitPages && done + count < pageCount && follows(count)) count += 1;
      yield { pageCount: count, sourceOffset: sourceOffset + done * pageSizeBytes, oldOffset };
      done += count;
    }
  }
}

/** What is missing at the end of a small image's last page reads as zeros. */
async function pagesAt(source: FileHandle, offset: number, pageCount: number): Promise<Buffer> {
  const bytes = Buffer.alloc(pageCount * pageSizeBytes);
  await source.read(bytes, 0, bytes.length, offset);
  return bytes;
}

function pathOf({ source }: ObjectInput): string {
  if (source.kind !== 'path' || typeof source.path !== 'string') throw new Error('staged images lie in files');
  return source.path;
}
