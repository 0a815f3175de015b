import { HoldfastError, isHoldfastError } from '../errors/holdfast-error.js';
import { formatDuration } from '../units/duration.js';

/** What a wait is about, for its messages. */
export interface WaitSubject {
  /** With its kind: `RDS instance 'holdfast-a'`. */
  readonly resource: string;
  readonly operation: string;
}

export function failedState({ resource, operation }: WaitSubject, state: string, reason: string): HoldfastError {
  return new HoldfastError('HF_PROVISION_FAILED', {
    kind: 'conflict',
    message: `${resource} is '${state}' and does not become ready by itself: ${reason}`,
    hint: 'Mend what the reason names, destroy what was made, and provision again',
    operation,
    context: { resource, state },
  });
}

export function lateState({ resource, operation }: WaitSubject, state: string, elapsedMs: number, cause: unknown): HoldfastError {
  const said = isHoldfastError(cause) ? `; the last answer was: ${cause.message}` : '';
  return new HoldfastError('HF_PROVISION_TIMEOUT', {
    kind: 'timeout',
    message: `${resource} is still '${state}' after ${formatDuration(Math.max(1, Math.round(elapsedMs)))}${said}`,
    hint: 'Nothing is lost and nothing is made twice: run the same command again to go on waiting',
    operation,
    context: { resource, state },
    ...(cause === undefined ? {} : { cause }),
  });
}

export function abortedWait({ resource, operation }: WaitSubject, state: string, cause: unknown): HoldfastError {
  return new HoldfastError('HF_ABORTED', {
    kind: 'aborted',
    message: `The wait for ${resource} was aborted while it was '${state}'`,
    hint: 'Run the same line again: it goes on where it was',
    operation,
    context: { resource, state },
    cause,
  });
}
