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
  readonly epoch: number;
  /** False after a claim that was never answered: nobody knows its epoch, only that it is above this one. */
  readonly isKnown: boolean;
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
  initial: { epoch: 0, isKnown: true, attempt: '', newest: 0, settled: 0 },
  key: ({ epoch, isKnown, attempt, newest, settled }) => `${epoch} ${isKnown} ${attempt} ${newest} ${settled}`,
  step: (state, call, answer) => {
    switch (call.kind) {
      case 'claim':
        return claimed(state, call.attempt, answer);
      case 'commit':
        return committed(state, call, answer);
      case 'read':
        return seen(state, answer);
    }
  },
};

function claimed(state: JobState, attempt: string, answer: JobAnswer | undefined): readonly JobState[] {
  const starts = [...new Set([state.newest, state.settled])];
  if (answer === undefined) return starts.map((from) => ({ epoch: state.epoch, isKnown: false, attempt, newest: from, settled: from }));
  if (answer.kind !== 'claimed' || answer.epoch === state.epoch) return [];
  if (answer.epoch < state.epoch) return [state];
  const { epoch, from } = answer;
  return starts.includes(from) ? [{ epoch, isKnown: true, attempt, newest: from, settled: from }] : [];
}

function committed(state: JobState, call: JobCall & { readonly kind: 'commit' }, answer: JobAnswer | undefined): readonly JobState[] {
  const { attempt, number, parent } = call;
  const isTheNext = state.attempt === attempt && state.newest === parent && number > parent;
  const after = isTheNext ? [{ ...state, newest: number }] : [];
  if (answer === undefined) return after;
  if (answer.kind === 'committed') return after.map((next) => ({ ...next, settled: number }));
  return answer.kind === 'fenced' ? [state, ...after] : [];
}

/** The epoch of a claim that was never answered is the one that is seen first. */
function seen(state: JobState, answer: JobAnswer | undefined): readonly JobState[] {
  if (answer?.kind !== 'seen' || answer.attempt !== state.attempt || answer.newest !== state.newest) return [];
  if (state.isKnown) return answer.epoch === state.epoch ? [state] : [];
  return answer.epoch > state.epoch ? [{ ...state, epoch: answer.epoch, isKnown: true }] : [];
}
