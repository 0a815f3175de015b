import type { FileOperations } from './file-operations.js';
import { systemCode } from './system-errors.js';

/** Removes a directory where it is empty; tells whether it is gone. Absence is success. */
export async function removeIfEmpty(files: FileOperations, path: string): Promise<boolean> {
  try {
    await files.removeDirectory(path);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}
