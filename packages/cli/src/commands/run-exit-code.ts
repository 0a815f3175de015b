import type { RunResult } from '@holdfast/engine';
import { exitCodes } from '../exit-codes.js';
import { type StopSignal, signalNumber } from '../process/signals.js';

/** The job's own status; 75 for a stop with its snapshot, 128 + n for one without; 125 where the run was lost. */
export function runExitCode(result: RunResult, signal: StopSignal | undefined): number {
  if (result.outcome === 'exited') return result.exitCode ?? exitCodes.holdfastFailed;
  if (result.outcome === 'lost') return exitCodes.holdfastFailed;
  return result.error === undefined ? exitCodes.stopped : 128 + signalNumber(signal ?? 'SIGTERM');
}
