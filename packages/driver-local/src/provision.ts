import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fromSystemError } from './errors.js';

/** Lies in a directory that Holdfast made, and says so to `destroy`: one that was there before is never removed. */
export const markerName = '.holdfast-storage';

/**
 * Makes the directory together with its marker, or nothing: both are made under another name, then renamed.
 * Killed anywhere, a rerun takes up the same other name. Of two at once both succeed and one directory is there.
 */
export async function provisionDirectory(path: string): Promise<void> {
  const unfinished = unfinishedPath(path);
  try {
    // Missing parents are made with the same mode and are left by `destroy`.
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    await writeFile(join(unfinished, markerName), '{"version":1,"type":"local"}\n', { mode: 0o600, flush: true });
    await rename(unfinished, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    if (await isMadeByHoldfast(path)) {
      await rm(unfinished, { recursive: true, force: true });
      return;
    }
    throw fromSystemError(error, path, 'storage.provision');
  }
}

export function unfinishedPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.holdfast-new`);
}

/** True where the directory has the marker of `provisionDirectory`. */
export async function isMadeByHoldfast(path: string): Promise<boolean> {
  try {
    await using _ = await open(join(path, markerName));
    return true;
  } catch {
    return false;
  }
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path);
  await directory.sync();
}
