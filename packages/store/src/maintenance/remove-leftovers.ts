import { join } from 'node:path';
import type { JobView } from '../epoch/job-view.js';
import { throwIfAborted } from '../files/abort.js';
import { listIfThere } from '../files/directories.js';
import { parseAnySnapshotFile, parseEpochName, parsePageHashesName, parseTemporaryName, snapshotName } from '../files/names.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { type Removals, removeCounted } from './removals.js';

/** Removes temporary files of epochs older than the newest, and page hashes of snapshots that are gone. */
export async function removeLeftovers(
  context: StoreContext,
  paths: JobPaths,
  view: JobView,
  removals: Removals,
  signal: AbortSignal | undefined,
): Promise<void> {
  const newest = Math.max(0, ...view.ready);
  const isOld = (file: string): boolean => {
    const final = parseTemporaryName(file);
    if (final === undefined) return false;
    const epoch = parseAnySnapshotFile(file)?.epoch ?? parseEpochName(final)?.epoch;
    return epoch !== undefined && epoch < newest;
  };
  const there = new Set(view.manifests.map(snapshotName));
  const isStray = (file: string): boolean => {
    const name = parsePageHashesName(file);
    return name !== undefined && name.epoch < newest && !there.has(snapshotName(name));
  };
  for (const directory of [paths.manifests, paths.packs, paths.epochs]) {
    for (const file of await listIfThere(context.files, directory)) {
      throwIfAborted(signal, 'store.prune');
      if (isOld(file) || isStray(file)) await removeCounted(context, join(directory, file), removals);
    }
  }
}
