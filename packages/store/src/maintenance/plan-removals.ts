import type { PrunePolicy, RemovalReason } from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core/basics';
import type { JobView } from '../epoch/job-view.js';
import { type SnapshotName, snapshotName } from '../files/names.js';
import { readManifest } from '../manifest/read-manifest.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { claimedSince } from './claimed-snapshots.js';

export interface PlannedRemoval {
  readonly name: SnapshotName;
  readonly reason: RemovalReason;
}

/** Newest first. Snapshots that cannot be read count neither as kept nor, while newer than the oldest kept one, as removable. */
export async function planRemovals(
  context: StoreContext,
  paths: JobPaths,
  view: JobView,
  policy: PrunePolicy,
  held: ReadonlySet<number>,
): Promise<readonly PlannedRemoval[]> {
  const claimed = await claimedSince(context, paths, view, view.current?.epoch ?? 0);
  const protectedNumbers = new Set(policy.protect);
  const eligible = new Set(view.eligible);
  const planned: PlannedRemoval[] = [];
  let kept = 0;
  for (const name of view.manifests) {
    if (claimed.has(snapshotName(name)) || held.has(name.number)) continue;
    if (!eligible.has(name)) {
      if (name.epoch < (view.current?.epoch ?? 0)) planned.push({ name, reason: 'left-behind' });
    } else if (protectedNumbers.has(name.number)) {
      kept += 1;
    } else if (kept >= policy.keep) {
      planned.push({ name, reason: 'keep' });
    } else if (await isReadable(context, paths, name)) kept += 1;
  }
  return planned;
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
