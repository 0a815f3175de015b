import { HoldfastError } from '@holdfast/core';
import type { Run, RunEvent, RunEventBody, RunResult } from '@holdfast/engine';

/** A run whose events and end the test decides. */
export interface FakeRun extends Run {
  readonly calls: string[];
  emit(event: RunEventBody): void;
  /** Tells all events, those of the past first. */
  tell(listener: (event: RunEvent) => void): void;
  end(result?: Partial<RunResult>): void;
}

export function fakeRun(): FakeRun {
  const result = Promise.withResolvers<RunResult>();
  const events: RunEvent[] = [];
  const listeners: ((event: RunEvent) => void)[] = [];
  const calls: string[] = [];
  const base = { job: 'align-7', attempt: 'a1' };
  const run: FakeRun = {
    ...base,
    calls,
    epoch: 1,
    resumedFrom: undefined,
    events: () => ReadableStream.from(events),
    emit: (body) => {
      const event = { ...base, ...body, at: '2026-11-22T14:40:00.000Z' };
      events.push(event);
      for (const listener of listeners) listener(event);
    },
    tell: (listener) => {
      events.forEach(listener);
      listeners.push(listener);
    },
    end: (end) => {
      result.resolve({
        ...base,
        outcome: 'exited',
        exitCode: 0,
        snapshots: 0,
        lastSnapshot: undefined,
        resumedFrom: undefined,
        error: undefined,
        durationMs: 1000,
        ...end,
      });
    },
    snapshot: () => Promise.reject(new HoldfastError('HF_UNEXPECTED', { kind: 'unexpected', message: 'not in this test' })),
    hold: () => Promise.reject(new HoldfastError('HF_UNEXPECTED', { kind: 'unexpected', message: 'not in this test' })),
    release: () => Promise.resolve(),
    stop: () => {
      calls.push('stop');
      return result.promise;
    },
    kill: () => {
      calls.push('kill');
      return result.promise;
    },
    result: result.promise,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return run;
}
