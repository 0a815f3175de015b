import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface RepositorySize {
  /** Lengths of all files. */
  readonly bytes: number;
  /** Of them, the newest manifest of Holdfast's. */
  readonly manifestBytes: number;
  /** Of them, all packs of Holdfast's. */
  readonly packBytes: number;
}

export async function repositorySize(folder: string): Promise<RepositorySize> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(paths.map(async (path) => ({ path, bytes: (await stat(path)).size })));
  const sum = (files: typeof sizes): number => files.reduce((total, { bytes }) => total + bytes, 0);
  // A manifest's name begins with its snapshot's number in ten digits.
  const newest = sizes.filter(({ path }) => path.endsWith('.manifest')).toSorted((a, b) => (a.path < b.path ? 1 : -1));
  return { bytes: sum(sizes), manifestBytes: newest[0]?.bytes ?? 0, packBytes: sum(sizes.filter(({ path }) => path.endsWith('.pack'))) };
}
