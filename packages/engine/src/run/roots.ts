import { chmod, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { assertTrackable, mergeRoots, type TrackedRoot } from '../files/index.js';
import { moveHere } from './move-here.js';
import type { SnapshotMetadata } from './snapshot-metadata.js';

export interface RootPlaces {
  /** Folder of this attempt on disk: the job's own /tmp lies in it. */
  readonly runDirectory: string;
  /** Folder of this attempt on tmpfs: the job's own /dev/shm. */
  readonly memoryDirectory: string;
}

/** Rejects with HF_TRACK_PATH for a path that no job may track. */
export async function assertTrackablePaths(workingDirectory: string, track: readonly string[]): Promise<void> {
  for (const path of [workingDirectory, ...track.map((named) => resolve(workingDirectory, named))]) await assertTrackable(path);
}

/** The paths that come back with a job that starts now: its working directory, what it names, and the places that are its own. */
export async function rootsOfNewJob(workingDirectory: string, track: readonly string[], places: RootPlaces): Promise<readonly TrackedRoot[]> {
  const named = [workingDirectory, ...track.map((path) => resolve(workingDirectory, path))];
  const real = await Promise.all(named.map(assertTrackable));
  const tracked = mergeRoots(
    real.map((path, index) => ({ id: index === 0 ? 'cwd' : `track-${index}`, hostPath: path, destination: path, private: false })),
  );
  return [...tracked, ...(await privateRoots(places))];
}

/**
 * The same paths for a job that comes back: what is the user's where it was, but for the working directory where a place is given; what is the
 * job's own in this attempt's folders.
 */
export async function rootsOfSnapshot(
  metadata: SnapshotMetadata,
  places: RootPlaces,
  workingDirectory: string | undefined,
): Promise<readonly TrackedRoot[]> {
  const own = new Map((await privateRoots(places)).map((root) => [root.id, root]));
  const recorded = metadata.roots.map((root) => (root.private ? (own.get(root.id) ?? root) : root));
  const roots = workingDirectory === undefined ? recorded : await moveHere(recorded, workingDirectory);
  for (const { hostPath, private: ownKind } of roots) {
    await mkdir(hostPath, { recursive: true });
    // The same refusals as at the start: no snapshot, whoever wrote it, is put over a system folder.
    if (!ownKind) await assertTrackable(hostPath);
  }
  return roots;
}

async function privateRoots({ runDirectory, memoryDirectory }: RootPlaces): Promise<readonly TrackedRoot[]> {
  const roots = [
    { id: 'tmp', hostPath: join(runDirectory, 'tmp'), destination: '/tmp', private: true, mode: 0o1777 },
    { id: 'shm', hostPath: join(memoryDirectory, 'shm'), destination: '/dev/shm', private: true, mode: 0o1777 },
  ];
  for (const { hostPath, mode } of roots) {
    await mkdir(hostPath, { recursive: true, mode: 0o700 });
    await chmod(hostPath, mode);
  }
  return roots.map(({ mode: _mode, ...root }) => root);
}

/** Empties what is the job's own, for a start from nothing. */
export async function removePrivateRoots({ runDirectory, memoryDirectory }: RootPlaces): Promise<void> {
  for (const folder of [join(runDirectory, 'tmp'), join(memoryDirectory, 'shm')]) await rm(folder, { recursive: true, force: true });
}
