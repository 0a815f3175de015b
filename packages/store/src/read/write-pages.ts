import type { PageChunk, PageRun } from '@holdfast/core';
import { chunkPages, pageSizeBytes } from '@holdfast/core/basics';
import { windowPages } from '../manifest/page-map.js';

/** What of an object's pages is written where. */
export interface PageWriting {
  /** Ascending. */
  readonly runs: readonly PageRun[];
  readonly chunk: (firstPage: number, pageCount: number) => PageChunk;
  /** Of `chunkPages`. */
  readonly buffer: Buffer;
  readonly write: (bytes: Buffer, position: number) => Promise<void>;
  readonly check: () => void;
}

/** Part of one chunk, with all that is wanted of it: runs are often a page or two, and one chunk has many. */
interface Span {
  readonly firstPage: number;
  readonly pieces: { readonly firstPage: number; readonly pageCount: number; readonly position: number }[];
  endPage: number;
}

/** Spans that are decoded ahead, by threads. */
const spansAhead = 8;

/** Writes the runs back to back. Gives the bytes written, fewer than the runs have where the object lacks one. */
export async function writePages({ runs, chunk, buffer, write, check }: PageWriting): Promise<number> {
  const waiting = spansOf(runs);
  const ahead: { readonly span: Span; readonly pages: PageChunk }[] = [];
  let written = 0;
  try {
    for (;;) {
      while (ahead.length < spansAhead) {
        const span = waiting.shift();
        if (span === undefined) break;
        const pages = chunk(span.firstPage, span.endPage - span.firstPage);
        ahead.push({ span, pages });
        pages.ahead();
      }
      const [next] = ahead;
      if (next === undefined) return written;
      check();
      written += await writeSpan(next.span, next.pages, buffer, write);
      ahead.shift();
      await next.pages.end();
    }
  } finally {
    for (const { pages } of ahead) await pages.end();
  }
}

/** Each at most one chunk's, from and to whole windows. */
function spansOf(runs: readonly PageRun[]): Span[] {
  const spans: Span[] = [];
  let position = 0;
  for (const run of runs) {
    const end = run.firstPage + run.pageCount;
    for (let first = run.firstPage; first < end; ) {
      const chunkEnd = first - (first % chunkPages) + chunkPages;
      const pageCount = Math.min(end, chunkEnd) - first;
      let span = spans.at(-1);
      if (span === undefined || first < span.firstPage || span.firstPage < chunkEnd - chunkPages) {
        span = { firstPage: first - (first % windowPages), pieces: [], endPage: 0 };
        spans.push(span);
      }
      span.pieces.push({ firstPage: first, pageCount, position });
      span.endPage = Math.ceil((first + pageCount) / windowPages) * windowPages;
      position += pageCount * pageSizeBytes;
      first += pageCount;
    }
  }
  return spans;
}

async function writeSpan({ pieces }: Span, pages: PageChunk, buffer: Buffer, write: PageWriting['write']): Promise<number> {
  const filled = await pages.fill(buffer);
  let written = 0;
  for (const piece of pieces) {
    for (const { firstPage, pageCount, offset } of filled) {
      const first = Math.max(firstPage, piece.firstPage);
      const count = Math.min(firstPage + pageCount, piece.firstPage + piece.pageCount) - first;
      if (count <= 0) continue;
      const lengthBytes = count * pageSizeBytes;
      const from = offset === undefined ? undefined : offset + (first - firstPage) * pageSizeBytes;
      await write(
        from === undefined ? Buffer.alloc(lengthBytes) : buffer.subarray(from, from + lengthBytes),
        piece.position + (first - piece.firstPage) * pageSizeBytes,
      );
      written += lengthBytes;
    }
  }
  return written;
}
