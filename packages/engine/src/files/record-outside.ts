import { lstat } from 'node:fs/promises';
import type { FilePlaces } from './file-places.js';
import type { OpenFile, TrackedRoot } from './tracked-root.js';

/** A file that the job could write to outside the tracked paths when the snapshot was taken; JSON. */
export interface OutsideFile {
  readonly path: string;
  readonly dev: string;
  readonly ino: string;
  readonly sizeBytes: number;
  /** Nanoseconds since the epoch; null where the path led to another file. */
  readonly mtimeNs: string | null;
  readonly access: 'append' | 'write';
}

/** The kernel makes these files up; CRIU opens them anew. */
const kernelFolders = ['/proc', '/sys'];

/**
 * Lists the files that a restore has to find as they are now: open for writing, or mapped shared and writable, and in no tracked root.
 * Deleted ones are part of the memory images. To be called while the job stands still. `places`: of a job with a file system of its own.
 */
export async function recordOutside(
  openFiles: readonly OpenFile[],
  roots: readonly TrackedRoot[],
  places: FilePlaces = placesOnMachine(roots),
): Promise<readonly OutsideFile[]> {
  const byPath = new Map<string, OpenFile>();
  for (const file of openFiles) {
    if (file.deleted || places.comesBack(asLatin1(file.path))) continue;
    const known = byPath.get(file.path);
    // One descriptor without O_APPEND is enough to make a file more than appended to.
    if (known === undefined || file.access === 'write' || file.mappedSharedWritable) byPath.set(file.path, file);
  }
  return Promise.all(
    [...byPath.values()].map(async ({ path, dev, ino, sizeBytes, access, mappedSharedWritable }): Promise<OutsideFile> => {
      const hostPath = places.hostPathOf(asLatin1(path));
      const status = hostPath === undefined ? undefined : await lstat(Buffer.from(hostPath, 'latin1'), { bigint: true }).catch(() => undefined);
      const mtimeNs = status?.ino === ino ? String(status.mtimeNs) : null;
      return { path, dev: String(dev), ino: String(ino), sizeBytes, mtimeNs, access: mappedSharedWritable ? 'write' : access };
    }),
  );
}

/** A job that sees the machine's own files at their place. */
function placesOnMachine(roots: readonly TrackedRoot[]): FilePlaces {
  const folders = [...kernelFolders, ...roots.map(({ destination }) => asLatin1(destination))];
  return { hostPathOf: (path) => path, comesBack: (path) => folders.some((folder) => isBeneath(path, folder)) };
}

function asLatin1(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

function isBeneath(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
}
