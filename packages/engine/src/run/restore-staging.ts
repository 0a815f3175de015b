import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptPlace } from './kept-images.js';
import { chooseStaging, type StagingPlaces } from './staging.js';

/** In memory where the images fit beside the job that comes from them; where they may not lie on the disk, in memory or not at all. */
export async function placeForImages(places: StagingPlaces, memoryBytes: number): Promise<KeptPlace> {
  const { directory, kind } = await chooseStaging(places, memoryBytes, memoryBytes);
  return { folder: directory, kind };
}

/** All but the images that the next snapshot is compared with. */
export async function clearRestoreStaging({ memoryDirectory, diskDirectory }: StagingPlaces, kept: string | undefined): Promise<void> {
  for (const folder of [diskDirectory, memoryDirectory]) {
    const names = await readdir(folder).catch(() => []);
    for (const path of names.map((name) => join(folder, name)))
      if (path !== kept) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
