import { type CallOptions, type CheckpointStore, type CheckpointSummary, isHoldfastError, type Logger } from '@holdfast/core';
import { parseSnapshotMetadata, type SnapshotMetadata } from '../run/snapshot-metadata.js';

/** What the engine kept with a snapshot. A damaged one, or one that was pruned meanwhile, has none. */
export async function readMetadata(
  store: CheckpointStore,
  summary: CheckpointSummary,
  logger: Logger,
  options: CallOptions,
): Promise<SnapshotMetadata | undefined> {
  try {
    await using reader = await store.open(summary, options);
    return parseSnapshotMetadata(reader.metadata, summary.job, summary.number);
  } catch (error) {
    if (!isHoldfastError(error) || !['corrupt', 'newer-format', 'not-found'].includes(error.kind)) throw error;
    logger.warn({ job: summary.job, number: summary.number, error: error.message }, 'a snapshot cannot be read');
    return undefined;
  }
}
