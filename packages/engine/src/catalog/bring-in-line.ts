import { type CallOptions, type CheckpointSummary, isHoldfastError } from '@holdfast/core';
import { allCheckpoints } from './all-checkpoints.js';
import { jobRecords } from './job-records.js';
import { type RebuildContext, rebuildJob } from './rebuild.js';

/**
 * Makes the catalog name the snapshots and attempts of a job that the repository has, where it names others: a process that died, or a prune that was broken
 * off, could not tell what it had removed or committed, or that it had begun. What the catalog knows of another storage is left alone. Rejects for an abort only: the next one mends it.
 */
export async function bringInLine(context: RebuildContext, job: string, options: CallOptions): Promise<void> {
  const { store, catalog, logger } = context;
  try {
    const record = await catalog.getJob(job, options);
    if (record !== undefined && record.repositoryId !== store.repositoryId) return;
    // The catalog first: what it has and the repository has not was removed.
    const known = (await allCheckpoints(catalog, job, options)).map(({ number }) => number);
    const snapshots = await store.list(job, options);
    const stored = snapshots.map(({ number }) => number);
    const gone = without(known, stored);
    if (gone.length > 0) await catalog.removeCheckpoints(job, gone, options);
    if (record === undefined) return;
    const missesSome = without(stored, known).length > 0 || (await missesAttempts(context, job, snapshots, options));
    if (missesSome) await rebuildJob(context, job, options);
  } catch (error) {
    if (isHoldfastError(error) && error.kind === 'aborted') throw error;
    logger.warn({ job, error: String(error) }, 'the catalog was not brought in line with the storage');
  }
}

async function missesAttempts(
  { store, catalog }: RebuildContext,
  job: string,
  snapshots: readonly CheckpointSummary[],
  options: CallOptions,
): Promise<boolean> {
  const known = new Set((await catalog.listAttempts(job, options)).map(({ attempt }) => attempt));
  const history = await store.history(job, options);
  if (history.every(({ attempt }) => known.has(attempt))) return false;
  const { sources } = await store.state(job, options);
  const facts = { repositoryId: store.repositoryId, history, snapshots, metadata: undefined, isFork: sources.length > 0 };
  return jobRecords(facts).attempts.some(({ attempt }) => !known.has(attempt));
}

function without(numbers: readonly number[], others: readonly number[]): readonly number[] {
  const there = new Set(others);
  return numbers.filter((number) => !there.has(number));
}
