import type { SnapshotName } from '../files/names.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { isEligible, type Lineage, lineageOf } from './eligibility.js';
import type { EpochLink, EpochRecord } from './epoch-record.js';
import { type JobListing, listJob } from './job-listing.js';
import { recoverEpoch } from './read-epoch.js';

/** A job as its epochs decide: which of its snapshots count. */
export interface JobView extends JobListing {
  /** The newest epoch whose claim was finished. */
  readonly current: EpochRecord | undefined;
  readonly lineage: Lineage;
  /** Newest first; by name only, so that one of them may turn out to be unreadable. */
  readonly eligible: readonly SnapshotName[];
}

/** Rejects with HF_EPOCH_CORRUPT where the newest epoch is damaged and no snapshot of it tells what it said. */
export async function viewJob(context: StoreContext, paths: JobPaths): Promise<JobView> {
  const listing = await listJob(context, paths);
  const current = await currentEpoch(context, paths, listing);
  const lineage = current === undefined ? [] : await lineageFrom(context, paths, listing, current);
  return { ...listing, current, lineage, eligible: listing.manifests.filter((name) => isEligible(lineage, name)) };
}

/** The walk that begins at this epoch. */
export async function lineageFrom(context: StoreContext, paths: JobPaths, listing: JobListing, newest: EpochLink): Promise<Lineage> {
  const links = new Map<number, EpochLink>();
  let from = newest.from;
  while (from !== undefined && !links.has(from.epoch)) {
    const link: EpochLink | undefined = await recoverEpoch(context, paths, listing, from.epoch).catch(() => undefined);
    if (link === undefined) break;
    links.set(from.epoch, link);
    from = link.from;
  }
  return lineageOf(newest, links);
}

async function currentEpoch(context: StoreContext, paths: JobPaths, listing: JobListing): Promise<EpochRecord | undefined> {
  for (const epoch of [...listing.ready].sort((a, b) => b - a)) {
    const record = await recoverEpoch(context, paths, listing, epoch);
    if (record !== undefined) return record;
    // Neither a file nor a readable snapshot: a stray name, which verify tells.
  }
  return undefined;
}
