import { join } from 'node:path';
import { listJob } from '../epoch/job-listing.js';
import type { JobView } from '../epoch/job-view.js';
import { throwIfAborted } from '../files/abort.js';
import { listIfThere } from '../files/directories.js';
import {
  packGeneration,
  parseAnySnapshotFile,
  parseCondemnedName,
  parseEpochName,
  parsePageHashesName,
  parseTemporaryName,
  snapshotName,
} from '../files/names.js';
import { defaultPinLifetimeMs } from '../pins/pin-record.js';
import type { StorageTime } from '../pins/storage-time.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { type Removals, removeCounted } from './removals.js';

/** Removes temporary files of epochs older than the newest, and page hashes and marks of snapshots that are gone. */
export async function removeLeftovers(
  context: StoreContext,
  paths: JobPaths,
  view: JobView,
  time: StorageTime,
  removals: Removals,
  signal: AbortSignal | undefined,
): Promise<void> {
  const newest = Math.max(0, ...view.ready);
  const isOld = (file: string): boolean => {
    const final = parseTemporaryName(file);
    if (final === undefined) return false;
    const epoch = parseAnySnapshotFile(file)?.epoch ?? parseEpochName(final)?.epoch;
    return epoch !== undefined && epoch < newest && !isOfNoEpoch(file);
  };
  const listing = await listJob(context, paths);
  const there = new Set([...listing.manifests, ...listing.condemned].map(snapshotName));
  const isStray = (file: string): boolean => {
    const hashes = parsePageHashesName(file);
    if (hashes !== undefined) return hashes.epoch < newest && !there.has(snapshotName(hashes));
    const mark = parseCondemnedName(file);
    return mark !== undefined && !there.has(snapshotName(mark));
  };
  for (const directory of [paths.manifests, paths.packs, paths.epochs, paths.pins]) {
    for (const file of await listIfThere(context.files, directory)) {
      throwIfAborted(signal, 'store.prune');
      const path = join(directory, file);
      if (isOld(file) || isStray(file) || (isOfNoEpoch(file) && (await isForgotten(context, path, time))))
        await removeCounted(context, path, removals);
    }
  }
}

/** The temporary file of a pin, of the storage's time or of a pack written anew: whoever makes one of these does so whatever the epoch. */
function isOfNoEpoch(file: string): boolean {
  const final = parseTemporaryName(file);
  if (final === undefined || parseEpochName(final) !== undefined) return false;
  const name = parseAnySnapshotFile(file);
  return name === undefined || packGeneration(name) > 0;
}

async function isForgotten(context: StoreContext, path: string, time: StorageTime): Promise<boolean> {
  const info = await context.files.inspect(path).catch(() => undefined);
  return info !== undefined && (await time.isOlder(info.modifiedMs, defaultPinLifetimeMs));
}
