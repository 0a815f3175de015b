import { formatSize } from '@holdfast/core/basics';
import type { JobTotals } from '@holdfast/engine';
import { countText } from './count-text.js';

/** All jobs in one line, then a line for each status that some have. */
export function totalsText({ jobs, snapshots, storedBytes }: Omit<JobTotals, 'warning'>): string {
  const counts = Object.entries(jobs);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  const lines = counts.filter(([, count]) => count > 0).map(([status, count]) => `  ${status.padEnd(12)}${count}`);
  return [`${countText(all, 'job')}, ${countText(snapshots, 'snapshot')}, ${formatSize(storedBytes)} added`, ...lines, ''].join('\n');
}
