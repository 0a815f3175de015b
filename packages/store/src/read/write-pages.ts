import type { FilledRun, PageChunk, PageRun } from '@holdfast/core';
import { chunkPages, pageSizeBytes } from '@holdfast/core/basics';

/** What of an object's pages is written where. */
export interface PageWriting {
  readonly runs: readonly PageRun[];
  readonly chunk: (firstPage: number, pageCount: number) => PageChunk;
  /** Of `chunkPages`. */
  readonly buffer: Buffer;
  readonly write: (bytes: Buffer, position: number) => Promise<void>;
  readonly check: () => void;
}

/** Writes the runs back to back. Gives the bytes written, fewer than the runs have where the object lacks one. */
export async function writePages({ runs, chunk, buffer, write, check }: PageWriting): Promise<number> {
  let position = 0;
  for (const run of runs) {
    const end = run.firstPage + run.pageCount;
    for (let first = run.firstPage - (run.firstPage % chunkPages); first < end; first += chunkPages) {
      check();
      const pages = chunk(first, chunkPages);
      try {
        for (const filled of await pages.fill(buffer)) position += await writeOne(filled, run, buffer, write, position);
      } finally {
        await pages.end();
      }
    }
  }
  return position;
}

async function writeOne(filled: FilledRun, run: PageRun, buffer: Buffer, write: PageWriting['write'], position: number): Promise<number> {
  const first = Math.max(filled.firstPage, run.firstPage);
  const count = Math.min(filled.firstPage + filled.pageCount, run.firstPage + run.pageCount) - first;
  if (count <= 0) return 0;
  const lengthBytes = count * pageSizeBytes;
  const offset = filled.offset === undefined ? undefined : filled.offset + (first - filled.firstPage) * pageSizeBytes;
  await write(offset === undefined ? Buffer.alloc(lengthBytes) : buffer.subarray(offset, offset + lengthBytes), position);
  return lengthBytes;
}
