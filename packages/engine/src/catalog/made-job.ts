import type { CallOptions, CheckpointSummary, JobRecord, MetadataStore } from '@holdfast/core';
import { applyWrite, type CatalogWrite } from './catalog-write.js';
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

/** The job and its first snapshot. */
export function madeWrites(
  record: JobRecord,
  { job, number, epoch, attempt, createdAt, logicalBytes, storedBytes }: CheckpointSummary,
  { freezeMs = 0 }: Pick<SnapshotMetadata, 'freezeMs'>,
): readonly CatalogWrite[] {
  const sizes = { freezeMs: Math.round(freezeMs), logicalBytes, storedBytes };
  return [
    { write: 'job', record },
    { write: 'snapshot', record: { job, number, epoch, attempt, createdAt, ...sizes } },
  ];
}

export async function noteMade(
  catalog: MetadataStore,
  record: JobRecord,
  summary: CheckpointSummary,
  metadata: Pick<SnapshotMetadata, 'freezeMs'>,
  options: CallOptions,
): Promise<void> {
  for (const entry of madeWrites(record, summary, metadata)) await applyWrite(catalog, entry, options);
}
