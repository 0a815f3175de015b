import { join } from 'node:path';
import { isHoldfastError, type PruneReport } from '@holdfast/core';
import { highestEpoch } from '../epoch/assert-current.js';
import { listJob } from '../epoch/job-listing.js';
import { type JobView, viewJob } from '../epoch/job-view.js';
import { readEpoch } from '../epoch/read-epoch.js';
import { fenced, usage } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import { listIfThere } from '../files/directories.js';
import { manifestName, pageHashesName, type SnapshotName, snapshotName } from '../files/names.js';
import { readManifest } from '../manifest/read-manifest.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { type Removals, removeCounted } from './removals.js';
import { removeLeftovers } from './remove-leftovers.js';
import { removePacks } from './remove-packs.js';

export interface PrunePolicy {
  readonly keep: number;
  readonly protect?: readonly number[];
}

/** The steps of docs/format.md, "Prune". */
export async function pruneJob(context: StoreContext, paths: JobPaths, policy: PrunePolicy, signal?: AbortSignal): Promise<PruneReport> {
  if (!Number.isSafeInteger(policy.keep) || policy.keep < 1) throw usage(`keep is ${policy.keep}, which is not a whole number of at least 1`);
  throwIfAborted(signal, 'store.prune');
  const view = await viewJob(context, paths);
  const condemned = await condemnedSnapshots(context, paths, view, policy);
  const removals: Removals = { files: 0, bytes: 0 };
  const highest = highestEpoch(view);
  for (const name of condemned.toReversed()) {
    throwIfAborted(signal, 'store.prune');
    const now = highestEpoch(await listJob(context, paths));
    // Whoever claimed meanwhile may go on from what was to be removed.
    if (now > highest) throw fenced(paths.job, highest, now);
    await removeCounted(context, join(paths.manifests, pageHashesName(name)), removals);
    await removeCounted(context, join(paths.manifests, manifestName(name)), removals);
  }
  // Always, so that what an earlier prune removed is gone for good before its packs are.
  if (view.current !== undefined) await context.files.syncDirectory(paths.manifests, 'manifest-directory');
  await removePacks(context, paths, removals, signal);
  await removeLeftovers(context, paths, view, removals, signal);
  return { removedSnapshots: condemned.map(({ number }) => number), removedFiles: removals.files, freedBytes: removals.bytes };
}

/** Newest first. Snapshots that cannot be read count neither as kept nor, while newer than the oldest kept one, as removable. */
async function condemnedSnapshots(context: StoreContext, paths: JobPaths, view: JobView, policy: PrunePolicy): Promise<readonly SnapshotName[]> {
  const protectedNumbers = new Set([...(policy.protect ?? []), ...(await pinnedNumbers(context, paths))]);
  const claimed = await claimedSnapshots(context, paths, view);
  const condemned: SnapshotName[] = [];
  const eligible = new Set(view.eligible);
  let kept = 0;
  for (const name of view.manifests) {
    if (claimed.has(snapshotName(name))) continue;
    if (!eligible.has(name)) {
      if (name.epoch < (view.current?.epoch ?? 0)) condemned.push(name);
      continue;
    }
    if (kept >= policy.keep) {
      if (!protectedNumbers.has(name.number)) condemned.push(name);
    } else if (await isReadable(context, paths, name)) kept += 1;
  }
  return condemned;
}

/** What claims that are not finished go on from. Rejects where such a claim cannot be read: nobody knows what it needs. */
async function claimedSnapshots(context: StoreContext, paths: JobPaths, view: JobView): Promise<ReadonlySet<string>> {
  const unfinished = view.epochs.filter((epoch) => epoch > (view.current?.epoch ?? 0));
  const records = await Promise.all(unfinished.map((epoch) => readEpoch(context, paths, epoch)));
  return new Set(records.flatMap((record) => (record?.from === undefined ? [] : [snapshotName(record.from)])));
}

async function isReadable(context: StoreContext, paths: JobPaths, name: SnapshotName): Promise<boolean> {
  try {
    await readManifest(context, paths, name);
    return true;
  } catch (error) {
    if (isHoldfastError(error) && error.kind === 'corrupt') return false;
    throw error;
  }
}

/** Whoever needs a snapshot kept puts a file there; only its name counts. */
async function pinnedNumbers(context: StoreContext, paths: JobPaths): Promise<readonly number[]> {
  return (await listIfThere(context.files, paths.pins)).map((file) => Number(/^(\d{10})\./.exec(file)?.[1] ?? 0));
}
