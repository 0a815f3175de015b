import type { JobListing } from '../epoch/job-listing.js';
import { readEpoch } from '../epoch/read-epoch.js';
import { snapshotName } from '../files/names.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

/** What the claims above this epoch go on from, by name. Rejects where such a claim cannot be read: nobody knows what it needs. */
export async function claimedSince(context: StoreContext, paths: JobPaths, listing: JobListing, since: number): Promise<ReadonlySet<string>> {
  const claims = listing.epochs.filter((epoch) => epoch > since);
  const records = await Promise.all(claims.map((epoch) => readEpoch(context, paths, epoch)));
  return new Set(records.flatMap((record) => (record?.from === undefined ? [] : [snapshotName(record.from)])));
}
