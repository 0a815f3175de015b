import { type CheckpointStore, type CheckpointSummary, type EpochHolder, HoldfastError, type JobState } from '@holdfast/core';
import { familyOf, refuseBesideRelatives } from './relatives.js';
import type { ForkFrom } from './types.js';

export interface ForkFirstOptions {
  readonly store: CheckpointStore;
  readonly stateDirectory: string;
  readonly job: string;
  readonly from: ForkFrom;
  readonly here: boolean;
  readonly holder: EpochHolder;
  readonly signal: AbortSignal;
  /** Called with the first snapshot of a job that was made now. */
  readonly tell: (made: CheckpointSummary) => Promise<void>;
}

/**
 * The state of a job that is to begin where another one was: forked now where it does not exist yet. The same line run again finds it and resumes it.
 * Rejects with HF_JOB_EXISTS where the job was not made from that one, or has ended: it would begin anew, and not there.
 */
export async function forkFirst({ store, stateDirectory, job, from, here, holder, signal, tell }: ForkFirstOptions): Promise<JobState> {
  const state = await store.state(job, { signal });
  if (state.epoch === undefined) {
    const { sources } = await store.state(from.job, { signal });
    // Of one that is to come elsewhere the resume sees.
    if (!here) await refuseBesideRelatives(stateDirectory, job, [...familyOf(from.job, sources), job], () => Promise.resolve(undefined));
    await tell(await store.fork(from, job, holder, { signal }));
    return await store.state(job, { signal });
  }
  if (state.sources[0]?.job !== from.job) throw exists(job, `is there already and was not made from ${from.job}`, 'give the new job another name');
  if (state.epoch.end !== undefined)
    throw exists(job, `was made from ${from.job} and has ended`, 'give the new job another name, or leave --from out to start this one anew');
  return state;
}

function exists(job: string, what: string, hint: string): HoldfastError {
  return new HoldfastError('HF_JOB_EXISTS', { message: `job ${job} ${what}`, kind: 'conflict', operation: 'run', context: { job }, hint });
}
