import { formatSize } from '@holdfast/core/basics';
import type { SnapshotOutcome } from '@holdfast/engine';
import { spanText } from './times.js';

/** What a snapshot took: how long the job stood still, what the storage got, how long it was until it was safe. */
export function snapshotText({ freezeMs, storedBytes, logicalBytes, totalMs }: Omit<SnapshotOutcome, 'number'>): string {
  return `frozen ${spanText(freezeMs)}, ${formatSize(storedBytes)} added (${formatSize(logicalBytes)} in all), safe after ${spanText(totalMs)}`;
}
