import { setTimeout as delay } from 'node:timers/promises';
import type { Run, RunRequest, RunResult } from '@holdfast/engine';
import { exitCodeOfFailedRun } from '../exit-codes.js';
import { asHoldfastError } from '../process/as-holdfast-error.js';
import { signalNumber } from '../process/signals.js';
import { reportFailure } from '../render/report-failure.js';
import { withoutOwnSecrets } from '../settings/own-secrets.js';
import { runRequest } from '../settings/run-request.js';
import type { CommandContext, OpenedDeployment } from './command-context.js';
import { narrateRun } from './narrate-run.js';
import { provisionStorage } from './provision-storage.js';
import { runExitCode } from './run-exit-code.js';
import { createStopControl, type StopControl } from './stop-control.js';

/** How long a start that was given up may take to end what it has begun. */
const undoMs = 5000;

/** Runs or resumes a job. Nothing is written to stdout: it is the job's. */
export async function run(context: CommandContext): Promise<number> {
  const { cli, printer } = context;
  using control = createStopControl(cli, printer);
  try {
    const request = runRequest(context.values, context.words, cli.workingDirectory, cli.environment);
    const ended = await runToItsEnd(request, context, control);
    // The last line: what closing the storage has to say comes before it.
    return typeof ended === 'number' ? ended : tellEnd(ended, context, control);
  } catch (error) {
    printer.progress(undefined);
    const stoppedBy = control.asked().signal;
    if (control.starting.aborted && stoppedBy !== undefined) return 128 + signalNumber(stoppedBy);
    const failure = asHoldfastError(error);
    reportFailure(printer, failure, 'stderr');
    return exitCodeOfFailedRun(failure);
  }
}

/** The result of the run, or the status where it was given up before the job began. */
async function runToItsEnd(request: RunRequest, context: CommandContext, control: StopControl): Promise<RunResult | number> {
  const { printer } = context;
  printer.progress('starting …');
  await using opened = await context.open(control.starting);
  const starting = start(opened, request, context, control);
  const began = await Promise.race([starting, control.abandoned]);
  printer.progress(undefined);
  if (typeof began === 'string') {
    // A container that came up meanwhile is ended by the start itself; a storage that hangs is not waited for.
    await Promise.race([starting.then((run) => run.kill()).catch(() => undefined), delay(undoMs, undefined, { ref: false })]);
    return 128 + signalNumber(began);
  }
  const result = await awaitEnd(began, control);
  if (!lostItsMemory(result) || control.asked().signal !== undefined) return result;
  printer.say('warning', `${result.error?.message ?? ''}: resuming it with all memory first`);
  return await awaitEnd(await start(opened, { ...request, resume: 'eager' }, context, control), control);
}

async function awaitEnd(run: Run, control: StopControl): Promise<RunResult> {
  await using started = run;
  control.attach(started);
  return await started.result;
}

/** Its snapshot is as it was; where that is damaged, a resume with all memory first finds it, and takes the one before. */
function lostItsMemory({ outcome, error }: RunResult): boolean {
  return outcome === 'lost' && error?.code === 'HF_MEMORY_LOST';
}

async function start(opened: OpenedDeployment, request: RunRequest, { cli, printer }: CommandContext, control: StopControl): Promise<Run> {
  const environment = withoutOwnSecrets(request.environment, opened.secretVariables);
  const run = (): Promise<Run> =>
    opened.deployment.run({ ...request, environment }, { signal: control.starting, onEvent: narrateRun(printer, cli.clock) });
  try {
    return await run();
  } catch (error) {
    // Hardly ever: a look before each run would cost each of them a process.
    if (asHoldfastError(error).code !== 'HF_STORAGE_MISSING' || !(await provisionStorage(opened, control.starting))) throw error;
    return await run();
  }
}

function tellEnd(result: RunResult, { printer }: CommandContext, control: StopControl): number {
  if (printer.json) printer.line('word', { type: 'result', ...result });
  // Who ended the job at once knows why the last snapshot did not come to be.
  else if (result.error !== undefined && !control.asked().killed) reportFailure(printer, result.error, 'stderr');
  // Of a job that a newer attempt has, that one goes on.
  if (result.outcome === 'lost' && result.error?.kind !== 'fenced') printer.say('warning', lostText(result));
  return runExitCode(result, control.asked());
}

function lostText({ job, lastSnapshot }: RunResult): string {
  const next = lastSnapshot === undefined ? 'starts it anew: there is no snapshot yet' : `resumes it from snapshot ${lastSnapshot}`;
  return `job '${job}' did not end by itself: the same line run again ${next}`;
}
