import { type Epoch, HoldfastError, isHoldfastError } from '@holdfast/core';
import pRetry from 'p-retry';
import type { ExitStatus } from '../container/running-container.js';
import { asHoldfastError } from './as-holdfast-error.js';
import type { RunEventBody } from './events.js';
import { nameTrouble } from './named-trouble.js';
import type { RunEnvironment } from './run-environment.js';

const sigkill = 9;

/**
 * True where the job did not end by itself, so that the next run resumes it. No program ends itself by SIGKILL: it came from outside, or the
 * kernel ran out of memory.
 */
export function isLost({ exitCode, signal }: ExitStatus, error: HoldfastError | undefined): boolean {
  return error !== undefined || signal !== undefined || exitCode === undefined || exitCode === 128 + sigkill;
}

export function lostJob({ exitCode, signal }: ExitStatus): HoldfastError {
  const how = exitCode === undefined && signal === undefined ? 'ended and nobody saw how' : `was killed by signal ${signal ?? sigkill}`;
  return new HoldfastError('HF_JOB_LOST', {
    message: `the job ${how}: it did not end by itself`,
    kind: 'unavailable',
    operation: 'run',
    hint: 'run the same line again: it goes on from the last snapshot; look at the kernel log for an out-of-memory kill',
  });
}

type EndPlace = Pick<RunEnvironment, 'store' | 'clock' | 'watchTrouble'>;

/** Writes the job's end to the repository, so that its line starts anew. A storage that does not take it is a warning: the next run would resume. */
export async function noteEnd(
  { store, clock, watchTrouble }: EndPlace,
  epoch: Epoch,
  exitCode: number,
  emit: (event: RunEventBody) => void,
): Promise<void> {
  const tell = await watchTrouble?.();
  const end = { exitCode, endedAt: clock.now().toISOString() };
  try {
    await pRetry(() => store.end(epoch, end), {
      retries: 3,
      minTimeout: 200,
      maxTimeout: 2000,
      // Whoever waits for the job's end has waited for the storage as long as any call may: it is not asked again.
      shouldRetry: ({ error }) => !(isHoldfastError(error) && error.kind === 'timeout'),
    });
  } catch (error) {
    const { code, message } = await nameTrouble(asHoldfastError(error), tell);
    emit({
      type: 'warning',
      code,
      message: `the job's end was not written to the storage: ${message}`,
      hint: 'the same line would resume it; use --fresh',
    });
  }
}
