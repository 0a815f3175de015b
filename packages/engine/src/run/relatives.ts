import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError, type JobState } from '@holdfast/core';
import { isContainerAlive } from '../container/cleanup.js';
import { isBelow } from '../container/host-mounts.js';
import { isProcessAlive } from '../container/process-identity.js';
import { findRuns, type FoundRun, readRunRecord, type RunRecord } from './run-record.js';

/** From the first record of a run to the one with its paths it waits for the storage a few times, and for no memory or file of the job. */
const pathsWaitMs = 60_000;
const pollMs = 100;

/** The job and those that it was forked from: their snapshots are of the same paths, unless one came to another directory. */
export function familyOf(job: string, sources: JobState['sources']): readonly string[] {
  return [...new Set([job, ...sources.map((source) => source.job)])];
}

/** What a resume would put back, and whether the job has files open for writing that no root has: a relative may have the same ones. */
export interface OwnPaths {
  readonly paths: readonly string[];
  readonly writesOutside: boolean;
}

export interface RelativesWait {
  readonly signal?: AbortSignal | undefined;
  /** For a relative to say where its files are; a minute by default. */
  readonly waitMs?: number;
}

/**
 * Rejects with HF_RESTORE_REFUSED where a relative runs on this machine and shares files: a resume would put the files of one under the other's feet.
 * Called before anything is changed; `ownPaths` only where there is a relative, and shared is all where it gives undefined. One that has just started
 * does not say yet where its files are: it is waited for. Of two that wait for each other `ownPaths` lets the other know, before it is resolved.
 */
export async function refuseBesideRelatives(
  stateDirectory: string,
  job: string,
  family: readonly string[],
  ownPaths: () => Promise<OwnPaths | undefined>,
  wait: RelativesWait = {},
): Promise<void> {
  let own: { readonly is: OwnPaths | undefined } | undefined;
  for (const found of await findRuns(stateDirectory)) {
    if (found.record === undefined || !isRelative(found.record, job, family) || !(await isRunning(found.record))) continue;
    own ??= { is: await ownPaths() };
    const needsPaths = own.is !== undefined && !own.is.writesOutside;
    const other = needsPaths ? await untilPathsAreKnown(found, wait) : found.record;
    if (other !== undefined && shareFiles(other, own.is)) throw refused(job, other.job);
  }
}

/** The record of a relative that has just started, once it says where its files are, as it is when the time is up, or undefined where it has ended. */
async function untilPathsAreKnown({ directory, record }: FoundRun, { signal, waitMs = pathsWaitMs }: RelativesWait): Promise<RunRecord | undefined> {
  const until = performance.now() + waitMs;
  let seen = record;
  while (seen !== undefined && seen.paths === undefined && performance.now() < until) {
    await delay(pollMs, undefined, { signal });
    seen = await readRunRecord(directory);
    if (seen !== undefined && !(await isRunning(seen))) return undefined;
  }
  return seen;
}

async function isRunning({ owner, containerId }: RunRecord): Promise<boolean> {
  return isProcessAlive(owner) || (await isContainerAlive(containerId));
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
