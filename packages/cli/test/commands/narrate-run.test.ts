import type { RunEvent } from '@holdfast/engine';
import { expect, test } from 'vitest';
import { narrateRun } from '../../src/commands/narrate-run.js';
import { createPrinter } from '../../src/render/printer.js';

const minuteMs = 60_000;

function delaysSaidAt(minutes: readonly number[], json: boolean): number {
  let nowMs = 0;
  let said = '';
  const stream = { write: (text: string) => void (said += text), isTerminal: false, columns: undefined };
  const clock = { now: () => new Date(0), monotonicMs: () => nowMs };
  const narrate = narrateRun(createPrinter({ stdout: stream, stderr: stream }, { json, quiet: 0, verbose: false, colors: false, clock }), clock);
  const event: RunEvent = { type: 'snapshot.delayed', lateMs: 900, at: '2026-11-22T14:40:00.000Z', job: 'align-7', attempt: 'a1' };
  for (const minute of minutes) {
    nowMs = minute * minuteMs;
    narrate(event);
  }
  return said.split('\n').length - 1;
}

test('that snapshots take longer than the interval is said once in ten minutes', () => {
  expect(delaysSaidAt([0, 1, 9], false)).toBe(1);
  expect(delaysSaidAt([0, 9, 10, 19], false)).toBe(2);
});

test('scripts get each one', () => expect(delaysSaidAt([0, 1, 9], true)).toBe(3));
