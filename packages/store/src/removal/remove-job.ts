import { dirname, join } from 'node:path';
import type { Epoch, EpochHolder, JobRemoval } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core/basics';
import { assertAttempt } from '../epoch/claim.js';
import { highestEpoch } from '../epoch/assert-current.js';
import { highestUsed, type JobListing, listJob } from '../epoch/job-listing.js';
import { fenced } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import { isDirectory } from '../files/directories.js';
import { condemnedName, type SnapshotName } from '../files/names.js';
import { removeIfThere } from '../files/whole-files.js';
import { condemn } from '../maintenance/condemn.js';
import type { Removals } from '../maintenance/removals.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { assertRemovable } from './assert-removable.js';
import { claimToRemove } from './claim-to-remove.js';
import { removeFiles } from './remove-files.js';
import { writeTombstone } from './tombstone.js';

export interface RemoveRequest {
  readonly holder: EpochHolder;
  readonly force: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Removes a job with all that it has; the steps of docs/format.md, "Remove". */
export async function removeJob(context: StoreContext, paths: JobPaths, { holder, force, signal }: RemoveRequest): Promise<JobRemoval> {
  throwIfAborted(signal, 'store.remove');
  assertAttempt(holder);
  if (!(await isDirectory(context.files, paths.directory))) throw missing(paths.job);
  const before = await listJob(context, paths);
  await assertRemovable(context, paths, force);
  const marks: SnapshotName[] = [];
  let own: Epoch;
  try {
    await markAll(context, paths, before, signal, marks);
    // Only now: whoever has pinned a snapshot and saw no mark is found here.
    await assertRemovable(context, paths, force);
    throwIfAborted(signal, 'store.remove');
    // What an attempt that still runs commits from here on is never chosen, and it is told so.
    own = await claimToRemove(context, paths, holder, highestEpoch(before));
  } catch (error) {
    // Not those that a prune has made: it may be removing what it has marked.
    for (const name of marks) await removeIfThere(context.files, join(paths.manifests, condemnedName(name)));
    throw error;
  }
  const { epoch, firstNumber } = own;
  const listing = await listJob(context, paths);
  const newer = highestEpoch(listing);
  // Claimed before this epoch was ready, it may go on from what was committed last; whoever claims from here on starts afresh.
  if (newer > epoch) throw fenced(paths.job, epoch, newer);
  await markAll(context, paths, listing, signal);
  await assertRemovable(context, paths, force);
  const { number } = await highestUsed(context, paths, listing);
  await writeTombstone(context, paths, { epoch, number: Math.max(number, firstNumber) });
  const removals: Removals = { files: 0, bytes: 0, rewrittenPacks: 0 };
  const gone = await removeFiles(context, paths, own, removals);
  await context.files.syncDirectory(dirname(paths.directory), 'job-directory');
  return { snapshots: listing.manifests.length + listing.condemned.length, freedBytes: removals.bytes, gone };
}

async function markAll(
  context: StoreContext,
  paths: JobPaths,
  listing: JobListing,
  signal: AbortSignal | undefined,
  made: SnapshotName[] = [],
): Promise<void> {
  const all = listing.manifests.map((name) => ({ name, reason: 'removed' as const }));
  await condemn(context, paths, listing, all, signal, made);
}

function missing(job: string): HoldfastError {
  return new HoldfastError('HF_JOB_MISSING', {
    message: `there is no job ${job} in this storage`,
    kind: 'not-found',
    operation: 'store.remove',
    context: { job },
    hint: 'holdfast list names the jobs',
  });
}
