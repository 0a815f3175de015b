import type { Epoch } from '@holdfast/core';
import { fenced } from '../errors.js';
import type { SnapshotName } from '../files/names.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { isEligible } from './eligibility.js';
import { type JobListing, listJob } from './job-listing.js';
import { lineageFrom } from './job-view.js';
import { recoverEpoch } from './read-epoch.js';

/** Rejects with kind `fenced` where a higher epoch exists, finished claim or not. */
export async function assertCurrent(context: StoreContext, paths: JobPaths, { job, epoch }: Epoch): Promise<void> {
  const highest = highestEpoch(await listJob(context, paths));
  if (highest > epoch) throw fenced(job, epoch, highest);
}

/**
 * True where in a listing that was made after the manifest a higher epoch exists, ready or not, that does not go on from this snapshot; step W2 of docs/format.md.
 * All of them must: one that does not may still become ready and leave this snapshot behind, whatever the highest says now.
 */
export async function isFenced(context: StoreContext, paths: JobPaths, listing: JobListing, name: SnapshotName): Promise<boolean> {
  for (const epoch of new Set([...listing.epochs, ...listing.ready])) {
    if (epoch <= name.epoch) continue;
    const record = await recoverEpoch(context, paths, listing, epoch).catch(() => undefined);
    // An epoch of which nobody can say what it goes on from is not taken for one that goes on from this snapshot.
    if (record === undefined || !isEligible(await lineageFrom(context, paths, listing, record), name)) return true;
  }
  return false;
}

export function highestEpoch({ epochs, ready }: JobListing): number {
  return Math.max(0, epochs.at(-1) ?? 0, ...ready);
}
