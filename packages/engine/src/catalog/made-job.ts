import type { CallOptions, CheckpointSummary, JobRecord, MetadataStore } from '@holdfast/core';
import type { SnapshotMetadata } from '../run/snapshot-metadata.js';

/** A job that a fork or an import has made. The same as one whose machine was lost: its line resumes it. */
export function madeJob(
  repositoryId: string,
  job: string,
  { command, workingDirectory }: Pick<SnapshotMetadata, 'command' | 'workingDirectory'>,
  now: string,
): JobRecord {
  const identity = { job, repositoryId, command, workingDirectory };
  return { ...identity, status: 'interrupted', labels: {}, createdAt: now, updatedAt: now, exitCode: undefined };
}

export async function noteMade(
  catalog: MetadataStore,
  record: JobRecord,
  { job, number, epoch, attempt, createdAt, logicalBytes, storedBytes }: CheckpointSummary,
  { freezeMs = 0 }: Pick<SnapshotMetadata, 'freezeMs'>,
  options: CallOptions,
): Promise<void> {
  await catalog.putJob(record, options);
  const sizes = { freezeMs: Math.round(freezeMs), logicalBytes, storedBytes };
  await catalog.putCheckpoint({ job, number, epoch, attempt, createdAt, ...sizes }, options);
}
