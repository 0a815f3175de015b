import type { Run } from '@holdfast/engine';
import type { CliOptions } from '../cli-options.js';
import type { StopSignal } from '../process/signals.js';
import type { Printer } from '../render/printer.js';
import type { StopAsked } from './run-exit-code.js';

/** What signals do to a run: before the job began they abort the start; then the first asks for a last snapshot, the second ends the job at once, and later ones are nothing new. */
export interface StopControl extends Disposable {
  /** Aborted by a signal before the job began. */
  readonly starting: AbortSignal;
  /** Resolves at a second signal before the job began: do not wait any longer. */
  readonly abandoned: Promise<StopSignal>;
  /** From here on signals go to this run; one that has come already counts. */
  attach(run: Run): void;
  /** What was asked so far. */
  readonly asked: () => StopAsked;
}

/** What timeout(1) and supervisors send to a process and once more to its group, as one request, arrives within this time; nobody presses Ctrl-C twice in it. */
const sameRequestMs = 100;

export function createStopControl({ signals, clock }: Pick<CliOptions, 'signals' | 'clock'>, printer: Printer): StopControl {
  const starting = new AbortController();
  const abandoned = Promise.withResolvers<StopSignal>();
  let run: Run | undefined;
  let count = 0;
  let last: StopSignal | undefined;
  let countedAtMs = Number.NEGATIVE_INFINITY;
  let killed = false;
  const beforeTheJob = (signal: StopSignal): void => {
    if (count === 1) printer.say('word', `${signal}: giving up the start`);
    else abandoned.resolve(signal);
    starting.abort(new Error(signal));
  };
  const stop = (started: Run, what: string): void => {
    printer.say('word', `${what}: taking a last snapshot, then ending the job; a second signal ends it at once`);
    ignoreFailure(started.stop());
  };
  const kill = (started: Run, what: string): void => {
    if (killed) return;
    printer.say('warning', `${what}: ending the job at once, without waiting for a snapshot`);
    killed = true;
    ignoreFailure(started.kill());
  };
  const subscription = signals.subscribe((signal) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - countedAtMs < sameRequestMs) return;
    countedAtMs = nowMs;
    count += 1;
    last = signal;
    if (run === undefined) beforeTheJob(signal);
    else if (count === 1) stop(run, signal);
    else kill(run, `${signal} again`);
  });
  return {
    starting: starting.signal,
    abandoned: abandoned.promise,
    attach: (started) => {
      run = started;
      if (count === 1) stop(started, 'the job had begun already');
      else if (count > 1) kill(started, 'the job had begun already');
    },
    asked: () => ({ signal: last, killed }),
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}

/** `run.result` tells how it ended. */
function ignoreFailure(promise: Promise<unknown>): void {
  promise.catch(() => {});
}
