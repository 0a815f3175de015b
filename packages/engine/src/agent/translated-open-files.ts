import { lstat } from 'node:fs/promises';
import { isBelow } from '../container/host-mounts.js';
import type { OpenFile, TrackedRoot } from '../files/tracked-root.js';

/**
 * Files as the tracked roots have them. A file of an overlay has other numbers than the same one in the upper directory, where it lies once somebody can
 * write to it: it is found there by its path.
 */
export async function translatedOpenFiles(files: readonly OpenFile[], roots: readonly TrackedRoot[]): Promise<readonly OpenFile[]> {
  return Promise.all(
    files.map(async (file) => {
      const root = file.deleted ? undefined : rootOf(file.path, roots);
      if (root === undefined) return file;
      const inside = root.destination === '/' ? file.path : file.path.slice(root.destination.length);
      const found = await lstat(root.hostPath + inside, { bigint: true }).catch(() => undefined);
      return found?.isFile() === true ? { ...file, dev: found.dev, ino: found.ino, nlink: Number(found.nlink) } : file;
    }),
  );
}

/** The innermost one. */
function rootOf(path: string, roots: readonly TrackedRoot[]): TrackedRoot | undefined {
  return roots
    .filter(({ destination }) => isBelow(path, destination))
    .reduce<TrackedRoot | undefined>(
      (best, root) => (best === undefined || root.destination.length > best.destination.length ? root : best),
      undefined,
    );
}
