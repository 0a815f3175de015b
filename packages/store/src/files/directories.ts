import { dirname } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';
import type { FileOperations, SyncPoint } from './file-operations.js';
import { systemCode } from './system-errors.js';

/** Makes the directory where it is missing and syncs its parent; refuses anything else of that name. */
export async function ensureDirectory(files: FileOperations, path: string, point: SyncPoint): Promise<void> {
  if (await isDirectory(files, path)) return;
  try {
    await files.makeDirectory(path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST' || !(await isDirectory(files, path))) throw error;
  }
  await files.syncDirectory(dirname(path), point);
}

/** False where there is nothing. A link or another kind of file is refused: nothing inside a repository is followed. */
export async function isDirectory(files: FileOperations, path: string): Promise<boolean> {
  try {
    const { type } = await files.inspect(path);
    if (type === 'directory') return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
  throw new HoldfastError('HF_STORAGE_NOT_DIRECTORY', {
    message: `${path} is not a directory`,
    kind: 'conflict',
    context: { path },
    hint: 'Links and files in place of a directory of the repository are refused; remove it',
  });
}

/** The names in a directory; none where it does not exist. */
export async function listIfThere(files: FileOperations, path: string): Promise<readonly string[]> {
  if (!(await isDirectory(files, path))) return [];
  try {
    return await files.list(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
