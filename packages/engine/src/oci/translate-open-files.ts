import { lstat } from 'node:fs/promises';
import { asBytes, asLatin1 } from '../container/host-path.js';
import type { OpenFile } from '../files/tracked-root.js';
import type { ContainerFiles } from './container-files.js';

/**
 * The open files with the numbers that the capture finds them by: an overlay has others of its own than the upper directory has, which is what is
 * captured. A file that is not captured, and one whose name is gone, stays as it is.
 */
export function translateOpenFiles(files: Pick<ContainerFiles, 'trackedPathOf'>): (openFiles: readonly OpenFile[]) => Promise<readonly OpenFile[]> {
  return (openFiles) =>
    Promise.all(
      openFiles.map(async (file) => {
        const path = file.deleted ? undefined : files.trackedPathOf(asLatin1(file.path));
        const status = path === undefined ? undefined : await lstat(asBytes(path), { bigint: true }).catch(() => undefined);
        return status?.isFile() === true ? { ...file, dev: status.dev, ino: status.ino } : file;
      }),
    );
}
