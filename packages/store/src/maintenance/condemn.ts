import { join } from 'node:path';
import type { RemovalReason } from '@holdfast/core';
import { encodeSealedJson } from '../codec/sealed-json.js';
import { highestEpoch } from '../epoch/assert-current.js';
import { type JobListing, listJob } from '../epoch/job-listing.js';
import { fenced } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import { condemnedName, type SnapshotName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import { writeNewFile } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import type { PlannedRemoval } from './plan-removals.js';

/** Marks snapshots as removed, oldest first; those that it marked itself are added to `made`. Rejects with kind `fenced` where the job was claimed meanwhile: the claim may go on from the next one. */
export async function condemn(
  context: StoreContext,
  paths: JobPaths,
  view: JobListing,
  planned: readonly (Pick<PlannedRemoval, 'name'> & { readonly reason: RemovalReason | 'removed' })[],
  signal: AbortSignal | undefined,
  made: SnapshotName[] = [],
): Promise<void> {
  const highest = highestEpoch(view);
  for (const { name, reason } of planned.toReversed()) {
    throwIfAborted(signal, 'store.prune');
    const now = highestEpoch(await listJob(context, paths));
    if (now > highest) throw fenced(paths.job, highest, now);
    const { number, epoch, attempt } = name;
    const content = encodeSealedJson({ version: 1, job: paths.job, number, epoch, attempt, reason, condemnedAt: context.clock.now().toISOString() });
    try {
      // Not synced: a mark that a loss of power takes is a snapshot that is back, and whole.
      await writeNewFile(context.files, join(paths.manifests, condemnedName(name)), [content], undefined);
      made.push(name);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
}
