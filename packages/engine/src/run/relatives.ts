import { HoldfastError, type JobState } from '@holdfast/core';
import { isContainerAlive } from '../container/cleanup.js';
import { isBelow } from '../container/host-mounts.js';
import { isProcessAlive } from '../container/process-identity.js';
import { findRuns, type RunRecord } from './run-record.js';

/** The job and those that it was forked from: their snapshots are of the same paths, unless one came to another directory. */
export function familyOf(job: string, sources: JobState['sources']): readonly string[] {
  return [...new Set([job, ...sources.map((source) => source.job)])];
}

/** What a resume would put back, and whether the job has files open for writing that no root has: a relative may have the same ones. */
export interface OwnPaths {
  readonly paths: readonly string[];
  readonly writesOutside: boolean;
}

/**
 * Rejects with HF_RESTORE_REFUSED where a relative runs on this machine and shares files: a resume would put the files of one under the other's feet.
 * Called before anything is changed; `ownPaths` only where there is a relative, and shared is all where it gives undefined.
 */
export async function refuseBesideRelatives(
  stateDirectory: string,
  job: string,
  family: readonly string[],
  ownPaths: () => Promise<OwnPaths | undefined>,
): Promise<void> {
  for (const { record } of await findRuns(stateDirectory)) {
    if (record === undefined || !isRelative(record, job, family)) continue;
    if (!isProcessAlive(record.owner) && !(await isContainerAlive(record.containerId))) continue;
    if (shareFiles(record, await ownPaths())) throw refused(job, record.job);
  }
}

export function shareFiles({ paths }: Pick<RunRecord, 'paths'>, own: OwnPaths | undefined): boolean {
  if (paths === undefined || own === undefined || own.writesOutside) return true;
  return paths.some((left) => own.paths.some((right) => left === right || isBelow(left, right) || isBelow(right, left)));
}

/** A run of the job itself is no relative: the lease and the epochs see to that. */
export function isRelative(record: Pick<RunRecord, 'job' | 'family'>, job: string, family: readonly string[]): boolean {
  return record.job !== job && (record.family ?? [record.job]).some((member) => family.includes(member));
}

function refused(job: string, other: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_REFUSED', {
    message: `job ${other} runs on this machine, and job ${job} shares files with it: one was forked from the other, or both from a third`,
    kind: 'conflict',
    operation: 'restore',
    context: { job, other },
    hint: `stop ${other} first, run this one on another machine, or give it a directory of its own: cd there and add --here`,
  });
}
