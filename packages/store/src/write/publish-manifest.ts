import { join } from 'node:path';
import { manifestName, type SnapshotName, temporaryName } from '../files/names.js';
import { readWholeFile, removeIfThere, writeNewFile } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

/** Makes the manifest durable under its final name; step 3 of docs/format.md, "Writing a snapshot". */
export async function publishManifest(context: StoreContext, paths: JobPaths, name: SnapshotName, bytes: Buffer): Promise<void> {
  const { files } = context;
  const path = join(paths.manifests, manifestName(name));
  const temporary = temporaryName(path);
  try {
    await writeNewFile(files, temporary, [bytes], 'manifest');
  } catch (error) {
    await removeIfThere(files, temporary).catch(() => false);
    throw error;
  }
  try {
    await files.rename(temporary, path);
  } catch (error) {
    // The answer may have been lost, not the rename: what lies there decides.
    const found = await readWholeFile(files, path, bytes.length, () => new RangeError(path)).catch(() => undefined);
    if (found?.equals(bytes) !== true) {
      await removeIfThere(files, temporary).catch(() => false);
      throw error;
    }
  }
  await files.syncDirectory(paths.manifests, 'manifest-directory');
}

/** Takes back a manifest that nobody was told of, for good: a loss of power must not bring back what may need packs that are gone. */
export async function withdrawManifest({ files }: StoreContext, paths: JobPaths, name: SnapshotName): Promise<void> {
  await removeIfThere(files, join(paths.manifests, manifestName(name)));
  await files.syncDirectory(paths.manifests, 'manifest-directory');
}
