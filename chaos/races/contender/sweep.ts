import { type CheckpointStore, isHoldfastError, type MetadataStore } from '@holdfast/core';
import type { Random } from '../../power-loss/random.ts';

export interface SweepOptions {
  readonly store: CheckpointStore;
  readonly catalog: MetadataStore;
  readonly random: Random;
  readonly job: string;
  readonly sweeper: string;
  readonly leaseMs: number;
  readonly counts: { done: number; refused: number; fenced: number; removed: number };
}

const mostKept = 3;

/** Prunes the job as a node does that sweeps the repository: under a lease of its own, which may be lost meanwhile, beside whoever runs the job. */
export async function sweepJob({ store, catalog, random, job, sweeper, leaseMs, counts }: SweepOptions): Promise<void> {
  const holder = { attempt: sweeper, host: 'chaos', bootId: 'chaos', pid: process.pid, startTicks: 1 };
  const outcome = await catalog.acquireLease(`.sweep.${store.repositoryId}`, holder, leaseMs).catch(() => undefined);
  if (outcome?.acquired !== true) {
    counts.refused += 1;
    return;
  }
  try {
    // Without a grace: no reader of this machine has an old listing, and the format says that nothing else depends on it.
    const { removed } = await store.prune(job, { keep: 1 + random.below(mostKept), graceMs: 0 });
    counts.done += 1;
    counts.removed += removed.length;
  } catch (error) {
    // As for every prune: the job was claimed meanwhile.
    if (!isHoldfastError(error) || error.kind !== 'fenced') throw error;
    counts.fenced += 1;
  } finally {
    await catalog.releaseLease(outcome.lease).catch(() => undefined);
  }
}
