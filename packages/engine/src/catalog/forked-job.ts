import type { CallOptions, CheckpointStore, CheckpointSummary, Clock } from '@holdfast/core';
import { parseSnapshotMetadata, type SnapshotMetadata } from '../run/snapshot-metadata.js';
import { startedNote } from './attempt-note.js';
import type { CatalogWrite } from './catalog-write.js';
import { madeJob, madeWrites } from './made-job.js';

/** What the catalog is to hear of a job that a fork has just made; the repository hears of it here, first. */
export async function forkedWrites(
  store: CheckpointStore,
  clock: Clock,
  summary: CheckpointSummary,
  options: CallOptions,
): Promise<readonly CatalogWrite[]> {
  const metadata = await metadataOf(store, summary, options);
  const record = madeJob(store.repositoryId, summary.job, metadata, clock.now().toISOString());
  await store.note(summary, 'started', { ...startedNote(record, undefined) }, options);
  return madeWrites(record, summary, metadata);
}

async function metadataOf(store: CheckpointStore, summary: CheckpointSummary, options: CallOptions): Promise<SnapshotMetadata> {
  await using reader = await store.open(summary, options);
  return parseSnapshotMetadata(reader.metadata, summary.job, summary.number);
}
