import type { PageRun } from '@holdfast/core';

/** What is in runs of both lists, each ascending. */
export function commonRuns(left: readonly PageRun[], right: readonly PageRun[]): readonly PageRun[] {
  const common: PageRun[] = [];
  let at = 0;
  for (const { firstPage, pageCount } of left) {
    const end = firstPage + pageCount;
    for (; at < right.length; at += 1) {
      const other = right[at];
      if (other === undefined || other.firstPage >= end) break;
      const [from, to] = [Math.max(firstPage, other.firstPage), Math.min(end, other.firstPage + other.pageCount)];
      if (from < to) common.push({ firstPage: from, pageCount: to - from });
      // It may reach into the next one of the left, too.
      if (other.firstPage + other.pageCount > end) break;
    }
  }
  return common;
}

/** What is in runs of the first list and in none of the second, each ascending. */
export function withoutRuns(runs: readonly PageRun[], others: readonly PageRun[]): readonly PageRun[] {
  const left: PageRun[] = [];
  let at = 0;
  for (const { firstPage, pageCount } of runs) {
    const end = firstPage + pageCount;
    let page = firstPage;
    for (let other = others[at]; other !== undefined && other.firstPage < end; other = others[at]) {
      if (other.firstPage > page) left.push({ firstPage: page, pageCount: other.firstPage - page });
      page = Math.max(page, other.firstPage + other.pageCount);
      // It may reach into the next run, too.
      if (page > end) break;
      at += 1;
    }
    if (page < end) left.push({ firstPage: page, pageCount: end - page });
  }
  return left;
}
