import { highestEpoch } from '../epoch/assert-current.js';
import { type JobListing, listJob } from '../epoch/job-listing.js';
import { fenced } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import type { SnapshotName } from '../files/names.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import type { PlannedRemoval } from './plan-removals.js';
import { type MarkReason, writeMark } from './write-mark.js';

/** Marks snapshots as removed, oldest first; those that it marked itself are added to `made`. Rejects with kind `fenced` where the job was claimed meanwhile: the claim may go on from the next one. */
export async function condemn(
  context: StoreContext,
  paths: JobPaths,
  view: JobListing,
  planned: readonly (Pick<PlannedRemoval, 'name'> & { readonly reason: MarkReason })[],
  signal: AbortSignal | undefined,
  made: SnapshotName[] = [],
): Promise<void> {
  const highest = highestEpoch(view);
  for (const { name, reason } of planned.toReversed()) {
    throwIfAborted(signal, 'store.prune');
    const now = highestEpoch(await listJob(context, paths));
    if (now > highest) throw fenced(paths.job, highest, now);
    if (await writeMark(context, paths, name, reason)) made.push(name);
  }
}
