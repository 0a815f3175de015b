import type { Run } from '@holdfast/engine';
import type { SignalSource, StopSignal } from '../process/signals.js';
import type { Printer } from '../render/printer.js';
import type { StopAsked } from './run-exit-code.js';

/** What signals do to a run: before the job began they abort the start; then the first asks for a last snapshot, the second ends the job at once. */
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

export function createStopControl(signals: SignalSource, printer: Printer): StopControl {
  const starting = new AbortController();
  const abandoned = Promise.withResolvers<StopSignal>();
  let run: Run | undefined;
  let count = 0;
  let last: StopSignal | undefined;
  let killed = false;
  const act = (signal: StopSignal): void => {
    if (run === undefined) {
      if (count > 1) abandoned.resolve(signal);
      else printer.say('word', `${signal}: not starting the job`);
      starting.abort(new Error(signal));
    } else if (count === 1) {
      printer.say('word', `${signal}: taking a last snapshot, then stopping; a second signal ends the job at once`);
      ignoreFailure(run.stop());
    } else {
      printer.say('warning', `${signal} again: ending the job at once, without a snapshot`);
      killed = true;
      ignoreFailure(run.kill());
    }
  };
  const subscription = signals.subscribe((signal) => {
    count += 1;
    last = signal;
    act(signal);
  });
  return {
    starting: starting.signal,
    abandoned: abandoned.promise,
    attach: (started) => {
      run = started;
      if (last !== undefined) act(last);
    },
    asked: () => ({ signal: last, killed }),
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}

/** `run.result` tells how it ended. */
function ignoreFailure(promise: Promise<unknown>): void {
  promise.catch(() => {});
}
