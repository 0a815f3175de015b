import { join } from 'node:path';
import { condemnedName, type SnapshotName } from '../files/names.js';
import { removeIfThere } from '../files/whole-files.js';
import { writeMark } from '../maintenance/write-mark.js';
import { heldSnapshots } from '../pins/held-snapshots.js';
import { StorageTime } from '../pins/storage-time.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { withdrawManifest } from './publish-manifest.js';

/**
 * Takes back a snapshot that was taken for broken off when its manifest was already there: it is marked, and *then* the pins are listed. Whoever pinned it and
 * saw no mark is found here: for him the manifest stays, marked, since it keeps its packs.
 */
export async function takeBackSnapshot(context: StoreContext, paths: JobPaths, name: SnapshotName): Promise<void> {
  const own = await writeMark(context, paths, name, 'abandoned');
  const { numbers } = await heldSnapshots(context, paths, new StorageTime(context, paths.manifests));
  if (numbers.has(name.number)) {
    // For good: a loss of power must not bring back as a snapshot what nobody was told of.
    await context.files.syncDirectory(paths.manifests, 'manifest-directory');
    return;
  }
  await withdrawManifest(context, paths, name);
  // The mark of a prune is its own to remove.
  if (own) await removeIfThere(context.files, join(paths.manifests, condemnedName(name)));
}
