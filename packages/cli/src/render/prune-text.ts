import type { PruneReport } from '@holdfast/core';
import type { SweepReport, SweptJob } from '@holdfast/engine';
import { countText } from './count-text.js';
import { freedText } from './freed-text.js';

export function pruneText(job: string, { removed, freedBytes }: PruneReport, dryRun: boolean): string {
  const numbers = removed.map(({ number }) => number).toSorted((one, other) => one - other);
  return line(job, numbers.map(String), freedBytes, dryRun);
}

/** Of each job what was removed and by which setting; jobs of which nothing was are left out. */
export function sweepText({ jobs, dryRun }: SweepReport): string {
  const told = jobs.filter(({ removed, freedBytes }) => removed.length > 0 || freedBytes > 0);
  if (told.length === 0) return 'nothing to remove\n';
  return told.map(({ job, removed, freedBytes }) => line(job, reasons(removed), freedBytes, dryRun)).join('');
}

function reasons(removed: SweptJob['removed']): readonly string[] {
  return removed.toSorted((one, other) => one.number - other.number).map(({ number, reason }) => `${number} ${reason}`);
}

function line(job: string, removed: readonly string[], freedBytes: number, dryRun: boolean): string {
  const freed = dryRun ? '' : `, ${freedText(freedBytes)}`;
  if (removed.length === 0) return freedBytes > 0 ? `'${job}': nothing more to remove${freed}\n` : `'${job}': nothing to remove\n`;
  return `'${job}': ${dryRun ? 'would remove' : 'removed'} ${countText(removed.length, 'snapshot')} (${removed.join(', ')})${freed}\n`;
}
