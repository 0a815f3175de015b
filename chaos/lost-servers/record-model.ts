import type { Model } from '@holdfast/testkit/linearizability';

/** A job's record in a catalog: a register of versions. */
export type RecordCall = { readonly kind: 'put'; readonly version: number } | { readonly kind: 'get' };

/** The version that was read, 0 for no record; of a write the one written. */
export type RecordAnswer = number;

export const recordModel: Model<number, RecordCall, RecordAnswer> = {
  initial: 0,
  key: String,
  step: (state, call, answer) => {
    if (call.kind === 'get') return answer === undefined || answer === state ? [state] : [];
    return [call.version];
  },
};
