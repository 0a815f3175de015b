import type { FileOperations } from './file-operations.js';
import { systemCode } from './system-errors.js';

/** True where there is nothing at the path now. It is opened, since network file systems ask the server then, which they need not for a look. */
export async function isGone(files: FileOperations, path: string): Promise<boolean> {
  try {
    await (await files.open(path, 'read')).close();
    return false;
  } catch (error) {
    return systemCode(error) === 'ENOENT';
  }
}
