import { isAbandoned, type JobListing } from '../epoch/job-listing.js';
import type { SnapshotName } from '../files/names.js';

/**
 * Whether a pack may be of a snapshot that somebody writes. An epoch that is not ready may still be begun again from a snapshot that the one before is
 * writing. Under one that has ended nobody writes, and what was abandoned is never committed.
 */
export function mayBeInProgress(name: SnapshotName, listing: JobListing): boolean {
  const newest = Math.max(0, ...listing.ready);
  if (name.epoch < newest || (name.epoch === newest && listing.ended.has(newest)) || isAbandoned(listing, name)) return false;
  const finished = [...listing.manifests, ...listing.condemned]
    .filter(({ epoch }) => epoch === newest)
    .reduce((highest, { number }) => Math.max(highest, number), 0);
  return name.number > finished;
}
