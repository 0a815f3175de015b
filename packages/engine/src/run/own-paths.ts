import { type CheckpointStore, isHoldfastError } from '@holdfast/core';
import type { TrackedRoot } from '../files/index.js';
import { openNewest } from '../repository/open-newest.js';
import { moveHere } from './move-here.js';
import type { OwnPaths } from './relatives.js';
import { parseSnapshotMetadata, type SnapshotMetadata } from './snapshot-metadata.js';

/**
 * Where the files of a job's newest snapshot would come to on this machine, with its working directory at another place where one is given. Undefined
 * where that snapshot is not whole: an older one may be of other paths.
 */
export async function ownPathsOf(
  store: CheckpointStore,
  job: string,
  workingDirectory: string | undefined,
  signal: AbortSignal,
): Promise<OwnPaths | undefined> {
  const metadata = await newestMetadata(store, job, signal);
  if (metadata === undefined) return undefined;
  const { roots, outsideFiles } = metadata;
  const placed = workingDirectory === undefined ? roots : await moveHere(roots, workingDirectory);
  return { paths: pathsOf(placed), writesOutside: !(Array.isArray(outsideFiles) && outsideFiles.length === 0) };
}

async function newestMetadata(store: CheckpointStore, job: string, signal: AbortSignal): Promise<SnapshotMetadata | undefined> {
  try {
    await using reader = await openNewest(store, job, signal);
    return reader === undefined ? undefined : parseSnapshotMetadata(reader.metadata, job, reader.summary.number);
  } catch (error) {
    if (isHoldfastError(error) && error.kind === 'corrupt') return undefined;
    throw error;
  }
}

/** The user's; what is the job's own lies in folders of its attempt. */
export function pathsOf(roots: readonly TrackedRoot[]): readonly string[] {
  return roots.filter(({ private: own }) => !own).map(({ hostPath }) => hostPath);
}
