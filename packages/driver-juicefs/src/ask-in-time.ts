import { type CallOptions, HoldfastError } from '@holdfast/core';

/** How long a bucket or a database is given for one small answer. */
export const answerMs = 5000;

interface Question {
  /** Who is asked: `The bucket 'a'`. */
  readonly who: string;
  readonly operation: string;
  readonly timeoutMs: number;
}

/**
 * Asks what has to be answered soon. Rejects with HF_STORAGE_TIMEOUT where nothing comes in time, also from what heeds no signal, and else with what `ask` says.
 */
export async function askInTime<T>(
  { who, operation, timeoutMs }: Question,
  { signal }: CallOptions,
  ask: (call: CallOptions) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(unanswered(who, operation, timeoutMs));
    late.abort();
  }, timeoutMs);
  const asking = ask({ signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]) });
  // It ends after the answer of the clock has been taken.
  asking.catch(() => undefined);
  try {
    return await Promise.race([asking, over]);
  } finally {
    clearTimeout(timer);
  }
}

function unanswered(who: string, operation: string, timeoutMs: number): HoldfastError {
  return new HoldfastError('HF_STORAGE_TIMEOUT', {
    kind: 'timeout',
    // Asked several times in a row it would keep the caller waiting for a multiple of what was said.
    retry: 'spent',
    message: `${who} does not answer: nothing came within ${timeoutMs / 1000} s`,
    operation,
    hint: 'Look whether it runs and can be reached from here',
  });
}
