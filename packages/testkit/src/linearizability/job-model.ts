import type { Model } from './model.js';

/** What attempts do with one job of a repository. Numbers of snapshots begin at 1; 0 is none. */
export type JobCall =
  | { readonly kind: 'claim'; readonly attempt: string }
  /** `parent`: the snapshot that it goes on from. */
  | { readonly kind: 'commit'; readonly attempt: string; readonly number: number; readonly parent: number }
  | { readonly kind: 'read' };

export type JobAnswer =
  | { readonly kind: 'claimed'; readonly epoch: number; readonly from: number }
  | { readonly kind: 'committed' }
  | { readonly kind: 'fenced' }
  /** The newest epoch that decides, and the newest snapshot that counts. */
  | { readonly kind: 'seen'; readonly epoch: number; readonly attempt: string; readonly newest: number };

/** A job as a register: who owns it, and its newest snapshot. */
export interface JobState {
  /** Of a claim that was never answered nobody knows the epoch: it is above this one. */
  readonly epoch: number;
  readonly attempt: string;
  readonly newest: number;
  /** The newest snapshot that a claim must not leave behind. `newest` is above it where the commit of that was not reported as such. */
  readonly settled: number;
}

/**
 * What docs/format.md promises of epochs and commits, as one object:
 *
 * - An epoch is won once, and each goes on from the newest snapshot: one that was reported as committed is never left behind.
 * - Who is told `committed` owned the job, and its snapshot goes on from the newest one.
 * - Who is told `fenced`, or nothing, has committed or not. Such a snapshot is seen until a claim goes on from it or from the one before.
 * - A claim that was overtaken by a higher epoch changes nothing.
 */
export const jobModel: Model<JobState, JobCall, JobAnswer> = {
  initial: { epoch: 0, attempt: '', newest: 0, settled: 0 },
  key: ({ epoch, attempt, newest, settled }) => `${epoch} ${attempt} ${newest} ${settled}`,
  step: (state, call, answer) => {
    switch (call.kind) {
      case 'claim':
        return claimed(state, call.attempt, answer);
      case 'commit':
        return committed(state, call, answer);
      case 'read':
        return isSeen(state, answer) ? [state] : [];
    }
  },
};

function claimed(state: JobState, attempt: string, answer: JobAnswer | undefined): readonly JobState[] {
  const starts = [...new Set([state.newest, state.settled])];
  if (answer === undefined) return starts.map((from) => ({ epoch: state.epoch, attempt, newest: from, settled: from }));
  if (answer.kind !== 'claimed' || answer.epoch === state.epoch) return [];
  if (answer.epoch < state.epoch) return [state];
  const { epoch, from } = answer;
  return starts.includes(from) ? [{ epoch, attempt, newest: from, settled: from }] : [];
}

function committed(state: JobState, call: JobCall & { readonly kind: 'commit' }, answer: JobAnswer | undefined): readonly JobState[] {
  const { attempt, number, parent } = call;
  const isTheNext = state.attempt === attempt && state.newest === parent && number > parent;
  const after = isTheNext ? [{ ...state, newest: number }] : [];
  if (answer === undefined) return after;
  if (answer.kind === 'committed') return after.map((next) => ({ ...next, settled: number }));
  return answer.kind === 'fenced' ? [state, ...after] : [];
}

/** A claim that was never answered may turn out to have been the epoch that is seen. */
function isSeen(state: JobState, answer: JobAnswer | undefined): boolean {
  if (answer?.kind !== 'seen') return false;
  return answer.attempt === state.attempt && answer.newest === state.newest && answer.epoch >= state.epoch;
}
