import type { PageRun, SourceExtent } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core/basics';
import { type ObjectMap, windowPages } from '../manifest/page-map.js';
import { WindowCursor } from '../manifest/window-cursor.js';
import type { CheckedObject } from './object-input.js';

/** The pages that an object has in one window. */
export interface KnownWindow {
  readonly window: number;
  readonly mask: number;
  readonly pageCount: number;
}

export interface ReadingPlan {
  /** What has to be read. */
  readonly extents: readonly SourceExtent[];
  /** What is taken over from the parent as it is; ascending. */
  readonly unread: readonly KnownWindow[];
}

/** A window need not be read where the caller says of all its pages that they are the parent's, and the parent has these pages of it and no others. */
export function planReading({ extents, unchanged = [] }: CheckedObject, parent: ObjectMap | undefined): ReadingPlan {
  if (parent === undefined || unchanged.length === 0) return { extents, unread: [] };
  const parts = extents.flatMap(windowParts);
  const cursor = new WindowCursor(parent);
  const runs = new AscendingRuns(unchanged);
  const unread: KnownWindow[] = [];
  const read: SourceExtent[] = [];
  for (let at = 0; at < parts.length; ) {
    const window = windowOf(parts[at]);
    const of: SourceExtent[] = [];
    for (let part = parts[at]; part !== undefined && windowOf(part) === window; part = parts[at]) {
      of.push(part);
      at += 1;
    }
    const mask = of.reduce((bits, { firstPage, pageCount }) => bits | (((1 << pageCount) - 1) << (firstPage - window * windowPages)), 0);
    const isKnown = of.every((part) => runs.have(part)) && cursor.seek(window) && cursor.mask === mask;
    if (isKnown) unread.push({ window, mask, pageCount: cursor.pageCount });
    else for (const part of of) append(read, part);
  }
  return { extents: read, unread };
}

function windowOf(part: PageRun | undefined): number {
  return part === undefined ? Number.NaN : Math.floor(part.firstPage / windowPages);
}

function windowParts(extent: SourceExtent): readonly SourceExtent[] {
  const parts: SourceExtent[] = [];
  for (let done = 0; done < extent.pageCount; ) {
    const firstPage = extent.firstPage + done;
    const pageCount = Math.min(extent.pageCount - done, windowPages - (firstPage % windowPages));
    parts.push({ ...extent, firstPage, pageCount, sourceOffset: extent.sourceOffset + done * pageSizeBytes });
    done += pageCount;
  }
  return parts;
}

function append(extents: SourceExtent[], next: SourceExtent): void {
  const last = extents.at(-1);
  const follows =
    last !== undefined &&
    last.firstPage + last.pageCount === next.firstPage &&
    (last.sourceIndex ?? 0) === (next.sourceIndex ?? 0) &&
    last.sourceOffset + last.pageCount * pageSizeBytes === next.sourceOffset;
  if (follows) extents[extents.length - 1] = { ...last, pageCount: last.pageCount + next.pageCount };
  else extents.push(next);
}

/** Sorted runs that do not overlap; asked in ascending order. */
class AscendingRuns {
  readonly #runs: readonly PageRun[];
  #at = 0;

  constructor(runs: readonly PageRun[]) {
    this.#runs = runs;
  }

  /** True where every page of the run is in one of these. */
  have({ firstPage, pageCount }: PageRun): boolean {
    let page = firstPage;
    const end = firstPage + pageCount;
    for (let at = this.#at; at < this.#runs.length; at += 1) {
      const run = this.#runs[at];
      if (run === undefined || run.firstPage > page) return false;
      // What lies before is asked no more.
      if (run.firstPage + run.pageCount <= page) this.#at = at + 1;
      else page = run.firstPage + run.pageCount;
      if (page >= end) return true;
    }
    return false;
  }
}
