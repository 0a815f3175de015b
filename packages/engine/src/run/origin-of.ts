import type { CheckpointSummary, JobState, SnapshotSource } from '@holdfast/core';

/**
 * What a job's snapshot is in the job that this one was forked from; undefined where it took it itself. A fork's own first snapshot stores nothing and has
 * no parent: every other one stores images, or goes on from one that does.
 */
export function originOf(
  { parent, storedBytes }: Pick<CheckpointSummary, 'parent' | 'storedBytes'>,
  sources: JobState['sources'],
): SnapshotSource | undefined {
  return parent === undefined && storedBytes === 0 ? sources[0] : undefined;
}
