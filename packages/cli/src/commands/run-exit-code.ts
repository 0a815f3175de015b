import type { RunResult } from '@holdfast/engine';
import { exitCodes } from '../exit-codes.js';
import { type StopSignal, signalNumber } from '../process/signals.js';

export interface StopAsked {
  /** The last signal that came. */
  readonly signal: StopSignal | undefined;
  /** A second signal ended the job without a snapshot. */
  readonly killed: boolean;
}

/** The job's own status; 75 for a stop with its snapshot, 128 + n for one without; 125 where Holdfast lost the job. */
export function runExitCode(result: Pick<RunResult, 'outcome' | 'exitCode' | 'error'>, { signal, killed }: StopAsked): number {
  const { outcome, exitCode, error } = result;
  if (outcome === 'exited' || (outcome === 'lost' && (error === undefined || error.code === 'HF_JOB_LOST')))
    return exitCode ?? exitCodes.holdfastFailed;
  if (outcome === 'lost') return exitCodes.holdfastFailed;
  if (killed) return exitCode ?? 128 + signalNumber(signal ?? 'SIGKILL');
  return error === undefined ? exitCodes.stopped : 128 + signalNumber(signal ?? 'SIGTERM');
}
