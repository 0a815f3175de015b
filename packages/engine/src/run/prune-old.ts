import { asHoldfastError } from './as-holdfast-error.js';
import { lastingSignal } from './lasting-signal.js';
import type { RunContext } from './run-context.js';

/** The end of a job waits for a removal no longer than this; where it had to be broken off, the next run or prune tells the catalog what is gone. */
const lastPruneMs = 10_000;

export interface PruneOldOptions {
  readonly keep: number;
  readonly graceMs: number;
  readonly lastMs?: number | undefined;
}

/**
 * Removes what the snapshot that was just committed has made old, and says which: also where the job ends meanwhile, or has ended. Never what a newer
 * attempt may want. Where it fails, the next snapshot tries again.
 */
export async function pruneOld(
  { store, job, epoch, signal, emit, logger }: Pick<RunContext, 'store' | 'job' | 'epoch' | 'signal' | 'emit' | 'logger'>,
  { keep, graceMs, lastMs = lastPruneMs }: PruneOldOptions,
): Promise<void> {
  using lasting = lastingSignal(signal, lastMs);
  try {
    const report = await store.prune(job, { keep, graceMs, epoch: epoch.epoch }, { signal: lasting.signal });
    const numbers = report.removed.map(({ number }) => number);
    if (numbers.length > 0) emit({ type: 'snapshots.pruned', numbers, freedBytes: report.freedBytes });
  } catch (error) {
    logger.warn({ job, error: asHoldfastError(error).message }, 'old snapshots were not removed; the next snapshot tries again');
  }
}
