import { type CheckpointWriter, isHoldfastError } from '@holdfast/core';
import type { RunContext } from './run-context.js';
import type { SnapshotParent } from './snapshot.js';

export interface BegunSnapshot {
  readonly writer: CheckpointWriter;
  /** What the new one is really taken on top of. */
  readonly parent: SnapshotParent;
}

/**
 * Begins a snapshot on top of the parent. Where that is gone from the repository, or damaged there, it stands alone and everything is stored: a run
 * must not be without snapshots for good because one was lost. Rejects where none can be begun.
 */
export async function beginSnapshot(
  { store, epoch, job, logger, signal }: Pick<RunContext, 'store' | 'epoch' | 'job' | 'logger' | 'signal'>,
  parent: SnapshotParent,
): Promise<BegunSnapshot> {
  try {
    return { writer: await store.begin(epoch, parent.ref, { signal }), parent };
  } catch (error) {
    if (parent.ref === undefined || !isHoldfastError(error) || (error.code !== 'HF_CHECKPOINT_MISSING' && error.kind !== 'corrupt')) throw error;
    logger.warn({ job, number: parent.ref.number, error: error.message }, 'the last snapshot cannot be gone on from; the next one stores everything');
  }
  return { writer: await store.begin(epoch, undefined, { signal }), parent: { ref: undefined, trees: undefined, images: parent.images } };
}
