import type { PageRun } from '@holdfast/core';
import type { ObjectMap } from '../manifest/page-map.js';

/** Pages that lay elsewhere in the parent, from page `fromPage` on. */
export interface Move extends PageRun {
  readonly fromPage: number;
}

type Runs = Pick<ObjectMap, 'runFirst' | 'runCount'>;

/** Less is not worth a look. */
const fewestPages = 16;
const mostShifts = 8;
/** The longest runs are looked at: their pairs are counted. */
const mostRuns = 128;
/** Of an object in more pieces nothing is looked for: that would take memory for what is hardly ever found. */
const mostPieces = 100_000;

/**
 * What mremap may have done: pages that are new in `after`, as far as they lie to each other as pages do that are gone from `before`. Ascending, and by
 * at most eight distances. Only a guess: whether a page is the same, its hash tells.
 */
export function findMoves(before: Runs, after: Runs): readonly Move[] {
  if (before.runFirst.length + after.runFirst.length > mostPieces) return [];
  let [gone, added] = [without(runsOf(before), runsOf(after)), without(runsOf(after), runsOf(before))];
  const moves: Move[] = [];
  for (let count = 0; count < mostShifts && gone.length > 0 && added.length > 0; count += 1) {
    const best = bestShift(gone, added);
    if (best.length === 0) break;
    moves.push(...best);
    added = without(added, best);
    gone = without(
      gone,
      best.map(({ fromPage, pageCount }) => ({ firstPage: fromPage, pageCount })),
    );
  }
  return moves.sort((one, other) => one.firstPage - other.firstPage);
}

/** Of the distances between beginnings of runs the one by which most pages meet. */
function bestShift(gone: readonly PageRun[], added: readonly PageRun[]): readonly Move[] {
  const votes = new Map<number, number>();
  for (const to of longest(added)) {
    for (const from of longest(gone)) {
      const shift = to.firstPage - from.firstPage;
      votes.set(shift, (votes.get(shift) ?? 0) + Math.min(to.pageCount, from.pageCount));
    }
  }
  const shifts = [...votes].sort(([, one], [, other]) => other - one).slice(0, mostShifts);
  let [best, most]: [readonly Move[], number] = [[], fewestPages - 1];
  for (const [shift] of shifts) {
    const moves = meetings(gone, added, shift);
    const pages = moves.reduce((sum, { pageCount }) => sum + pageCount, 0);
    if (pages > most) [best, most] = [moves, pages];
  }
  return best;
}

function longest(runs: readonly PageRun[]): readonly PageRun[] {
  return runs.length <= mostRuns ? runs : runs.toSorted((one, other) => other.pageCount - one.pageCount).slice(0, mostRuns);
}

/** Pages of `added` that lie `shift` pages after pages of `gone`. */
function meetings(gone: readonly PageRun[], added: readonly PageRun[], shift: number): readonly Move[] {
  const moves: Move[] = [];
  let at = 0;
  for (const { firstPage, pageCount } of added) {
    const end = firstPage + pageCount;
    for (; at < gone.length; at += 1) {
      const from = gone[at];
      if (from === undefined) break;
      const [start, stop] = [from.firstPage + shift, from.firstPage + from.pageCount + shift];
      const [first, last] = [Math.max(start, firstPage), Math.min(stop, end)];
      if (first < last) moves.push({ firstPage: first, pageCount: last - first, fromPage: first - shift });
      if (stop > end) break;
    }
  }
  return moves;
}

/** Both ascending. */
function without(runs: readonly PageRun[], others: readonly PageRun[]): readonly PageRun[] {
  const sorted = others.toSorted((one, other) => one.firstPage - other.firstPage);
  const left: PageRun[] = [];
  let at = 0;
  for (const run of runs) {
    const end = run.firstPage + run.pageCount;
    let first = run.firstPage;
    for (; at < sorted.length && first < end; at += 1) {
      const other = sorted[at];
      if (other === undefined || other.firstPage >= end) break;
      if (other.firstPage > first) left.push({ firstPage: first, pageCount: other.firstPage - first });
      first = Math.max(first, other.firstPage + other.pageCount);
      if (first > end) break;
    }
    if (first < end) left.push({ firstPage: first, pageCount: end - first });
  }
  return left;
}

function runsOf({ runFirst, runCount }: Runs): readonly PageRun[] {
  return Array.from(runFirst, (firstPage, at) => ({ firstPage, pageCount: runCount[at] ?? 0 }));
}
