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

test.each([
  [true, false, "holdfast: bringing job 'align-7' back: 1GiB of 4GiB, 512MiB/s"],
  [false, false, "holdfast: bringing job 'align-7' back: 1GiB of 4GiB, 512MiB/s\n"],
  [false, true, '"bytesPerSecond":536870912'],
] as const)('how far a restore is: terminal %j, json %j', (isTerminal, json, text) => {
  let said = '';
  const stream = { write: (part: string) => void (said += part), isTerminal, columns: 200 };
  const clock = { now: () => new Date(0), monotonicMs: () => 0 };
  const narrate = narrateRun(createPrinter({ stdout: stream, stderr: stream }, { json, quiet: 0, verbose: false, colors: false, clock }), clock);
  const progress = { bytes: 2 ** 30, totalBytes: 2 ** 32, bytesPerSecond: 2 ** 29 };
  narrate({ type: 'restore.progress', snapshot: 3, ...progress, at: '2026-11-22T14:40:00.000Z', job: 'align-7', attempt: 'a1' });
  expect(said).toContain(text);
});

test('where there is no terminal a restore is told when it begins, and then every ten seconds', () => {
  let said = '';
  let nowMs = 0;
  const stream = { write: (part: string) => void (said += part), isTerminal: false, columns: undefined };
  const clock = { now: () => new Date(0), monotonicMs: () => nowMs };
  const narrate = narrateRun(
    createPrinter({ stdout: stream, stderr: stream }, { json: false, quiet: 0, verbose: false, colors: false, clock }),
    clock,
  );
  const common = { snapshot: 3, at: '2026-11-22T14:40:00.000Z', job: 'align-7', attempt: 'a1' };
  narrate({ type: 'restore.started', ...common, takenAt: '2026-11-22T14:39:00.000Z', logicalBytes: 2 ** 30 });
  for (nowMs = 2000; nowMs <= 21_000; nowMs += 1000)
    narrate({ type: 'restore.progress', ...common, bytes: nowMs, totalBytes: 2 ** 30, bytesPerSecond: 1 });
  expect(said.split('\n').slice(0, -1)).toEqual([
    expect.stringMatching(/^holdfast: bringing job 'align-7' back from snapshot 3 .* …$/u),
    expect.stringContaining('of 1GiB'),
    expect.stringContaining('of 1GiB'),
  ]);
});

function saidOf(...events: readonly Partial<RunEvent>[]): string {
  let said = '';
  const stream = { write: (part: string) => void (said += part), isTerminal: false, columns: undefined };
  const clock = { now: () => new Date(0), monotonicMs: () => 0 };
  const narrate = narrateRun(
    createPrinter({ stdout: stream, stderr: stream }, { json: false, quiet: 0, verbose: false, colors: false, clock }),
    clock,
  );
  for (const event of events) narrate({ at: '2026-11-22T14:40:00.000Z', job: 'align-7', attempt: 'a1', ...event } as RunEvent);
  return said;
}

const resumed = { type: 'job.resumed', pid: 7, snapshot: 4, restoreMs: 1, restoredFiles: 1, restoredBytes: 1 } as const;
const failed = { type: 'job.exited', exitCode: 1, signal: undefined, byItself: true } as const;

test('of a job that failed by itself it is said how to go on from its newest snapshot, before its line begins it anew', () => {
  expect(saidOf(resumed, failed)).toMatch(
    /ended with status 1\n.*begins it anew; to go on from snapshot 4 instead, first: holdfast fork align-7@4 NEW/u,
  );
  expect(saidOf(failed)).not.toContain('anew');
  expect(saidOf(resumed, { ...failed, exitCode: 0 })).not.toContain('anew');
});

test.each([
  ['killed', { exitCode: 137, signal: undefined }],
  ['fenced', { exitCode: 137, signal: 9 }],
])('of a job that was %s it is not said that its line begins it anew: it resumes it', (_, end) => {
  const said = saidOf(resumed, { ...failed, ...end, byItself: false });
  expect(said).toMatch(/ended (with status 137|by signal 9)/u);
  expect(said).not.toContain('anew');
});
