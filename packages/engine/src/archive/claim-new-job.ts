import { type CheckpointStore, type Epoch, HoldfastError, type LeaseHolder, type Logger, type MetadataStore } from '@holdfast/core';
import { takeLease } from '../run/lease-keeper.js';

/** Attempts of imports are named so: a job that only such a one has claimed has never been. */
export const importAttemptPrefix = 'import-';

export interface NewJob {
  readonly store: CheckpointStore;
  readonly catalog: MetadataStore;
  readonly job: string;
  readonly holder: LeaseHolder;
  readonly leaseTtlMs: number;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Claims a job that has never been. The lease keeps a run of that name from starting between the look and the claim; where somebody commits there
 * all the same, his snapshot is what the claim goes on from, so it stays eligible. Rejects with HF_JOB_EXISTS, or HF_JOB_HELD where it runs.
 */
export async function claimNewJob({ store, catalog, job, holder, leaseTtlMs, logger, signal }: NewJob): Promise<Epoch> {
  const lease = await takeLease(catalog, job, holder, { ttlMs: leaseTtlMs, signal, logger });
  try {
    await assertNewJob(store, job, signal);
    const { attempt, host, pid } = holder;
    const epoch = await store.claim(job, { attempt, host, pid }, { kind: 'newest' }, { signal });
    if (epoch.from !== undefined) throw exists(job);
    return epoch;
  } finally {
    if (lease !== undefined) await catalog.releaseLease(lease).catch(() => undefined);
  }
}

/** Rejects with HF_JOB_EXISTS where the repository has the job. What an import that did not end has left is no job. */
export async function assertNewJob(store: CheckpointStore, job: string, signal: AbortSignal | undefined): Promise<void> {
  const { epoch, newest } = await store.state(job, { signal });
  if (epoch === undefined || (newest === undefined && epoch.attempt.startsWith(importAttemptPrefix))) return;
  throw exists(job);
}

function exists(job: string): HoldfastError {
  return new HoldfastError('HF_JOB_EXISTS', {
    message: `there is a job ${job} in this storage already`,
    kind: 'conflict',
    operation: 'import',
    context: { job },
    hint: 'give the imported job another name with --job',
  });
}
