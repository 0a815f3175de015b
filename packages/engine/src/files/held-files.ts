import type { Comparison } from './restore-compare.js';
import type { TrackedRoot } from './tracked-root.js';

/** The files of each root that the job had open: a program may look whether their inode numbers are still the same. Latin1, beneath the root. */
export type HeldFiles = readonly ReadonlySet<string>[];

/** `paths` as the job sees them, bytes as latin1. In a root that is the job's own every restore makes all files anew. */
export function heldFilesOf(paths: readonly string[], roots: readonly TrackedRoot[]): HeldFiles {
  return roots.map(({ destination, private: own }) => {
    const folder = `${Buffer.from(destination, 'utf8').toString('latin1')}/`;
    return new Set(own ? [] : paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length)));
  });
}

/**
 * True where the file on disk is the one that the job had open, under the same names and no other: it can get the snapshot's content, and nobody
 * else's link to it would see that.
 */
export function keepsInode({ wanted, disk, wantedGroups, sameLinks }: Comparison, held: HeldFiles, root: number, path: string): boolean {
  const want = wanted[root]?.get(path);
  const have = disk[root]?.get(path);
  if (want?.type !== 'f' || have?.type !== 'f' || want.ino !== have.ino || !sameLinks(root, path)) return false;
  const names = wantedGroups.get(want) ?? [{ root, path }];
  return have.nlink === names.length && names.some((name) => held[name.root]?.has(name.path) === true);
}
