import { join } from 'node:path';
import { listJob } from '../epoch/job-listing.js';
import { throwIfAborted } from '../files/abort.js';
import { listIfThere } from '../files/directories.js';
import { parsePackName } from '../files/names.js';
import { heldSnapshots } from '../pins/held-snapshots.js';
import type { StorageTime } from '../pins/storage-time.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { abandonSnapshots } from './abandon-snapshots.js';
import { mayBeInProgress } from './in-progress.js';
import { judgePacks } from './judge-packs.js';
import { neededBlocks } from './needed-blocks.js';
import { type PruneRun, type Removals, removeCounted } from './removals.js';
import { repack } from './repack.js';
import { type SurveyedPack, surveyPack } from './surveyed-pack.js';

export interface PackPolicy {
  readonly graceMs: number;
  readonly repackBelow: number;
  readonly time: StorageTime;
}

/**
 * Removes the packs that no remaining manifest needs, except those of a snapshot that may still be being written, and moves the blocks of those of which
 * little is needed. A pack whose blocks were moved goes once those who may not have heard of the new one had time to, and nobody reads.
 */
export async function removePacks(context: StoreContext, paths: JobPaths, policy: PackPolicy, removals: Removals, run: PruneRun): Promise<void> {
  // Packs are listed before manifests: a pack in this list whose manifest is not in the later list is not of a snapshot committed in between.
  const files = (await listIfThere(context.files, paths.packs)).filter((file) => parsePackName(file) !== undefined).sort();
  const listing = await abandonSnapshots(context, paths, files, await listJob(context, paths), policy);
  const candidates = files.filter((file) => {
    const name = parsePackName(file);
    return name !== undefined && !mayBeInProgress(name, listing);
  });
  if (candidates.length === 0) return;
  const needed = await neededBlocks(context, paths, [...listing.manifests, ...listing.condemned]);
  if (needed === undefined) return;
  const packs: SurveyedPack[] = [];
  for (const file of candidates) {
    throwIfAborted(run.signal, 'store.prune');
    const pack = await surveyPack(context, paths, file);
    if (pack !== undefined) packs.push(pack);
  }
  const isRead = async (): Promise<boolean> => (await heldSnapshots(context, paths, policy.time)).read;
  const { useless, superseded, sparse } = judgePacks(packs, needed, policy.repackBelow);
  for (const { file } of useless) {
    throwIfAborted(run.signal, 'store.prune');
    await removeCounted(context, join(paths.packs, file), removals);
  }
  if (await isRead()) return;
  const moved = await repack(context, paths, sparse, removals, run);
  const due: SurveyedPack[] = [];
  for (const { pack, sinceMs } of superseded) if (await policy.time.isOlder(sinceMs, policy.graceMs)) due.push(pack);
  if (policy.graceMs === 0) due.push(...moved);
  if (due.length === 0) return;
  // What others moved may have no lasting name yet.
  await context.files.syncDirectory(paths.packs, 'pack-directory');
  for (const { file } of due) {
    throwIfAborted(run.signal, 'store.prune');
    // Looked for anew each time: whoever pinned since has packs open, and need not find a block moved under his hands.
    if (await isRead()) return;
    await removeCounted(context, join(paths.packs, file), removals);
  }
}
