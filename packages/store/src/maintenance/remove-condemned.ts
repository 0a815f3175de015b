import { join } from 'node:path';
import { highestEpoch } from '../epoch/assert-current.js';
import { listJob } from '../epoch/job-listing.js';
import type { JobView } from '../epoch/job-view.js';
import { fenced } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import { condemnedName, manifestName, pageHashesName, type SnapshotName, snapshotName } from '../files/names.js';
import { systemCode } from '../files/system-errors.js';
import { removeIfThere } from '../files/whole-files.js';
import { heldSnapshots } from '../pins/held-snapshots.js';
import type { StorageTime } from '../pins/storage-time.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { claimedSince } from './claimed-snapshots.js';
import { type Removals, removeCounted } from './removals.js';

export interface Grace {
  readonly graceMs: number;
  readonly time: StorageTime;
  /** Also what the current epoch goes on from: the job is over. */
  readonly evenNewest: boolean;
}

/**
 * Removes the manifests whose mark is older than the grace, and tells the numbers that wait. Epochs and pins are read *after* the marks were made: whoever
 * pinned before he saw no mark is found here, and whoever pins from now on sees it. Marks of snapshots that a new claim goes on from are taken back, and
 * the prune stops with kind `fenced`.
 */
export async function removeCondemned(
  context: StoreContext,
  paths: JobPaths,
  view: JobView,
  { graceMs, time, evenNewest }: Grace,
  removals: Removals,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const listing = await listJob(context, paths);
  const [before, now] = [highestEpoch(view), highestEpoch(listing)];
  const current = view.current?.epoch ?? 0;
  // A claim may have gone on from what was marked a moment later; and so may the current epoch, where a prune died before it saw that.
  const hasOwn = evenNewest || [...listing.manifests, ...listing.condemned].some(({ epoch }) => epoch === current);
  const since = hasOwn ? current : current - 1;
  const claimed = listing.condemned.length === 0 ? new Set() : await claimedSince(context, paths, listing, since);
  for (const name of listing.condemned) if (claimed.has(snapshotName(name))) await removeIfThere(context.files, markOf(paths, name));
  if (now > before) throw fenced(paths.job, before, now);
  const condemned = listing.condemned.filter((name) => !claimed.has(snapshotName(name)));
  if (condemned.length === 0) return [];
  const { numbers } = await heldSnapshots(context, paths, time);
  const waiting: number[] = [];
  for (const name of condemned.toReversed()) {
    throwIfAborted(signal, 'store.prune');
    if (numbers.has(name.number) || !(await isDue(context, markOf(paths, name), graceMs, time))) {
      waiting.push(name.number);
      continue;
    }
    await removeCounted(context, join(paths.manifests, pageHashesName(name)), removals);
    await removeCounted(context, join(paths.manifests, manifestName(name)), removals);
    // Last: without its mark the snapshot would be there again.
    await removeCounted(context, markOf(paths, name), removals);
  }
  return waiting;
}

async function isDue(context: StoreContext, mark: string, graceMs: number, time: StorageTime): Promise<boolean> {
  try {
    return await time.isOlder((await context.files.inspect(mark)).modifiedMs, graceMs);
  } catch (error) {
    // Another prune was faster.
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function markOf(paths: JobPaths, name: SnapshotName): string {
  return join(paths.manifests, condemnedName(name));
}
