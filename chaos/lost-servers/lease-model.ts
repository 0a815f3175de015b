import type { Model } from '@holdfast/testkit/linearizability';

/** What one writer does with a job's lease, under a holder of each version's own. */
export type LeaseCall =
  | { readonly kind: 'acquire'; readonly version: number }
  | { readonly kind: 'renew' | 'release'; readonly version: number }
  | { readonly kind: 'current' };

/** Who holds it then: the version of the holder, 0 where it is free, and its term. */
export interface LeaseAnswer {
  readonly holder: number;
  readonly term: number;
}

export interface LeaseState {
  readonly holder: number;
  /** The last term that is known. */
  readonly term: number;
  /** False after an acquisition that was never answered: its term is above the last known one. */
  readonly isKnown: boolean;
}

/** A lease that nobody waits for to expire: given where it is free, with a higher term each time; kept until it is released. */
export const leaseModel: Model<LeaseState, LeaseCall, LeaseAnswer> = {
  initial: { holder: 0, term: 0, isKnown: true },
  key: ({ holder, term, isKnown }) => `${holder} ${term} ${isKnown}`,
  step: (state, call, answer) => {
    switch (call.kind) {
      case 'acquire':
        return acquired(state, call.version, answer);
      case 'release':
        return [state.holder === call.version ? { ...state, holder: 0 } : state];
      case 'renew':
        return state.holder === call.version ? seen(state, answer) : [];
      case 'current':
        return seen(state, answer);
    }
  },
};

function acquired(state: LeaseState, version: number, answer: LeaseAnswer | undefined): readonly LeaseState[] {
  if (state.holder !== 0) return seen(state, answer);
  if (answer === undefined) return [{ holder: version, term: state.term, isKnown: false }];
  return answer.holder === version && answer.term > state.term ? [{ ...answer, isKnown: true }] : [];
}

/** The term of an acquisition that was never answered is the one that is seen first. */
function seen(state: LeaseState, answer: LeaseAnswer | undefined): readonly LeaseState[] {
  if (answer === undefined) return [state];
  if (answer.holder !== state.holder) return [];
  if (state.holder === 0) return [state];
  if (state.isKnown) return answer.term === state.term ? [state] : [];
  return answer.term > state.term ? [{ ...state, term: answer.term, isKnown: true }] : [];
}
