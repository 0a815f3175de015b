import { HoldfastError } from '@holdfast/core';
import type { Run, RunEventBody, RunResult } from '@holdfast/engine';

/** A run whose events and end the test decides. */
export interface FakeRun extends Run {
  readonly calls: string[];
  emit(event: RunEventBody): void;
  end(result?: Partial<RunResult>): void;
}

export function fakeRun(): FakeRun {
  const result = Promise.withResolvers<RunResult>();
  const stream = new TransformStream<RunEventBody & { at: string; job: string; attempt: string }>({}, { highWaterMark: 100 }, { highWaterMark: 100 });
  const writer = stream.writable.getWriter();
  const calls: string[] = [];
  const base = { job: 'align-7', attempt: 'a1' };
  const run: FakeRun = {
    ...base,
    calls,
    epoch: 1,
    resumedFrom: undefined,
    events: () => stream.readable,
    emit: (event) => void writer.write({ ...base, ...event, at: '2026-11-22T14:40:00.000Z' }),
    end: (end) => {
      void writer.close();
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
