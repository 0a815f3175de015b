import { type CheckpointSummary, isHoldfastError } from '@holdfast/core';
import { forkedWrites } from '../catalog/forked-job.js';
import type { CatalogNotes } from './catalog-notes.js';
import type { RunEnvironment } from './run-environment.js';

/** Lists a job that the run has made by a fork. Where that fails the job is resumed all the same: the run tells of the job again, and a rebuild of its snapshot. */
export async function tellForked(
  { store, clock, logger }: Pick<RunEnvironment, 'store' | 'clock' | 'logger'>,
  notes: CatalogNotes,
  made: CheckpointSummary,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const entry of await forkedWrites(store, clock, made, { signal })) notes.note(entry);
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    logger.warn({ job: made.job, code: error.code, error: error.message }, 'the catalog is not told of the snapshot that the job was made from');
  }
}
