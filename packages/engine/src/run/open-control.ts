import type { StoppedJob } from '../agent/types.js';
import { asHoldfastError } from './as-holdfast-error.js';
import { type RunControl, serveControl } from './control-socket.js';
import type { ActiveRunOptions } from './run-environment.js';
import type { RunResult } from './types.js';

/** Without its socket a run is as good, but for those who would ask it something: that is a warning. */
export async function openControl({ directory, events }: ActiveRunOptions, control: RunControl): Promise<AsyncDisposable | undefined> {
  try {
    return await serveControl(directory, control);
  } catch (error) {
    const { code, message } = asHoldfastError(error);
    events.emit({ type: 'warning', code, message: `holdfast snapshot and stop cannot reach this run: ${message}`, hint: undefined });
    return undefined;
  }
}

/** How a run went that somebody asked to stop. Throws where the last snapshot was not taken: the job has ended all the same. */
export function stoppedJob({ job, outcome, lastSnapshot, error }: RunResult): StoppedJob {
  if (error !== undefined) throw error;
  return { job, outcome, lastSnapshot };
}

/** The same result, once those who asked for the end have been answered and nobody can ask any more. */
export async function closed(result: Promise<RunResult>, control: AsyncDisposable | undefined): Promise<RunResult> {
  try {
    return await result;
  } finally {
    await control?.[Symbol.asyncDispose]();
  }
}
