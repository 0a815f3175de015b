import { expect, test } from 'vitest';
import { createStopControl } from '../../src/commands/stop-control.js';
import type { StopSignal } from '../../src/process/signals.js';
import { createPrinter } from '../../src/render/printer.js';
import { type FakeRun, fakeRun } from '../support/fake-run.js';

function control() {
  let nowMs = 5000;
  let said = '';
  let hear: (signal: StopSignal) => void = () => {};
  const clock = { now: () => new Date(0), monotonicMs: () => nowMs };
  const stream = { write: (text: string) => void (said += text), isTerminal: false, columns: undefined };
  const printer = createPrinter({ stdout: stream, stderr: stream }, { json: false, quiet: 0, verbose: false, colors: false, clock });
  const signals = {
    subscribe: (listener: typeof hear) => {
      hear = listener;
      return { [Symbol.dispose]: () => {} };
    },
  };
  const made = createStopControl({ signals, clock }, printer);
  const run: FakeRun = fakeRun();
  return {
    ...made,
    run,
    attach: () => made.attach(run),
    said: () => said,
    signal: (signal: StopSignal, afterMs = 0) => {
      nowMs += afterMs;
      hear(signal);
    },
  };
}

const stopping = 'taking a last snapshot, then ending the job; a second signal ends it at once\n';
const killing = 'ending the job at once, without waiting for a snapshot\n';

test('what timeout sends twice at once is one request', () => {
  const { run, attach, signal, said, asked } = control();
  attach();
  signal('SIGTERM');
  signal('SIGTERM', 1);
  expect(run.calls).toEqual(['stop']);
  expect(said()).toBe(`holdfast: SIGTERM: ${stopping}`);
  expect(asked()).toEqual({ signal: 'SIGTERM', killed: false });
});

test('a second one ends the job at once, and a third says nothing new', () => {
  const { run, attach, signal, said, asked } = control();
  attach();
  signal('SIGTERM');
  signal('SIGINT', 200);
  signal('SIGINT', 200);
  expect(run.calls).toEqual(['stop', 'kill']);
  expect(said()).toBe(`holdfast: SIGTERM: ${stopping}holdfast: SIGINT again: ${killing}`);
  expect(asked()).toEqual({ signal: 'SIGINT', killed: true });
});

test('a job that began although its start was given up is told of as such', () => {
  const once = control();
  once.signal('SIGTERM');
  once.attach();
  expect(once.run.calls).toEqual(['stop']);
  expect(once.said()).toBe(`holdfast: SIGTERM: giving up the start\nholdfast: the job had begun already: ${stopping}`);
  const twice = control();
  twice.signal('SIGTERM');
  twice.signal('SIGTERM', 500);
  twice.attach();
  expect(twice.run.calls).toEqual(['kill']);
  expect(twice.said()).toBe(`holdfast: SIGTERM: giving up the start\nholdfast: the job had begun already: ${killing}`);
});
