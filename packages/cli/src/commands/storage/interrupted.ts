import { HoldfastError, isHoldfastError } from '@holdfast/core/basics';

export type StorageAction = 'plan' | 'provision' | 'attach' | 'status' | 'detach' | 'destroy';

const remedies: Readonly<Record<StorageAction, readonly [string, string]>> = {
  plan: ['nothing was changed', 'Run the same line again'],
  provision: ['what is made so far is noted', 'Run the same line again: it goes on where it was. Or take it back: holdfast storage destroy'],
  attach: ['what it began is taken back', 'holdfast storage status tells whether it is attached; if it is, holdfast storage detach ends that'],
  status: ['nothing was changed', 'Run the same line again'],
  detach: ['nothing is lost', 'Run the same line again; holdfast storage status tells whether it is still attached'],
  destroy: ['what is removed so far is noted', 'Run the same line again: it removes what is left. Or make it whole: holdfast storage provision'],
};

/** What was interrupted in the user's words, with the remedy; every other error as it is. */
export function namingInterruption(action: StorageAction, storage: string, error: unknown): unknown {
  if (!isHoldfastError(error) || error.kind !== 'aborted') return error;
  const [standing, hint] = remedies[action];
  return new HoldfastError('HF_ABORTED', {
    kind: 'aborted',
    message: `storage ${action} of ${storage} was interrupted; ${standing}`,
    hint,
    context: error.context,
    cause: error,
  });
}
