import { HoldfastError, type JobState } from '@holdfast/core';
import { isContainerAlive } from '../container/cleanup.js';
import { isProcessAlive } from '../container/process-identity.js';
import { findRuns, type RunRecord } from './run-record.js';

/** The job and those that it was forked from: their snapshots are of the same paths. */
export function familyOf(job: string, sources: JobState['sources']): readonly string[] {
  return [...new Set([job, ...sources.map((source) => source.job)])];
}

/**
 * Rejects with HF_RESTORE_REFUSED where a relative runs on this machine: a resume would put the files of one under the other's feet. Called before
 * anything is changed.
 */
export async function refuseBesideRelatives(stateDirectory: string, job: string, family: readonly string[]): Promise<void> {
  for (const { record } of await findRuns(stateDirectory)) {
    if (record === undefined || !isRelative(record, job, family)) continue;
    if (isProcessAlive(record.owner) || (await isContainerAlive(record.containerId))) throw refused(job, record.job);
  }
}

/** A run of the job itself is no relative: the lease and the epochs see to that. */
export function isRelative(record: Pick<RunRecord, 'job' | 'family'>, job: string, family: readonly string[]): boolean {
  return record.job !== job && (record.family ?? [record.job]).some((member) => family.includes(member));
}

function refused(job: string, other: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_REFUSED', {
    message: `job ${other} runs on this machine, and job ${job} is of the same paths: one was forked from the other, or both from a third`,
    kind: 'conflict',
    operation: 'restore',
    context: { job, other },
    hint: `stop ${other} first, or run this one on another machine`,
  });
}
