import { isDirectory } from '../files/directories.js';
import type { FileOperations } from '../files/file-operations.js';
import { removeIfThere } from '../files/whole-files.js';

/**
 * Removes a fork's pin from another job's `pins/` for good. Synced, since its note goes next: a pin that a loss of power brings back without one would
 * hold as long as the fork has a snapshot.
 */
export async function removeSourcePin(files: FileOperations, directory: string, path: string): Promise<void> {
  if (!(await isDirectory(files, directory))) return;
  await removeIfThere(files, path);
  await files.syncDirectory(directory, 'pin-directory');
}
