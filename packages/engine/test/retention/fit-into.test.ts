import type { SnapshotUsage } from '@holdfast/core';
import { expect, test } from 'vitest';
import { fitInto, type JobToFit } from '../../src/retention/fit-into.js';

function usage(number: number, day: number, bytes: number, more: Partial<SnapshotUsage> = {}): SnapshotUsage {
  return { number, createdAt: new Date(Date.UTC(2026, 0, day)).toISOString(), eligible: true, bytes, held: false, ...more };
}

const running: JobToFit = { job: 'running', ended: false, snapshots: [usage(3, 9, 100), usage(2, 5, 10), usage(1, 1, 10)] };
const ended: JobToFit = { job: 'ended', ended: true, snapshots: [usage(2, 4, 50), usage(1, 2, 20)] };

function fit(maxBytes: number, jobs: readonly JobToFit[] = [running, ended]): unknown {
  const { removals, overBytes } = fitInto(jobs, maxBytes);
  return { ...Object.fromEntries(removals), overBytes };
}

test.each([
  [190, { overBytes: 0 }],
  [189, { running: 1, overBytes: 0 }],
  [179, { running: 1, ended: 1, overBytes: 0 }],
  [159, { running: 1, ended: 2, overBytes: 0 }],
  [100, { running: 2, ended: 2, overBytes: 0 }],
  [40, { running: 2, ended: 2, overBytes: 60 }],
])('into %d bytes: the oldest go first, the newest of a job that has not ended never', (maxBytes, expected) => {
  expect(fit(maxBytes)).toEqual(expected);
});

test('what is held stays, and so does what a later attempt left behind', () => {
  const snapshots = [usage(4, 4, 100), usage(3, 3, 10, { held: true }), usage(2, 2, 10, { eligible: false }), usage(1, 1, 10)];
  expect(fit(0, [{ job: 'job', ended: false, snapshots }])).toEqual({ job: 1, overBytes: 120 });
});

test('within a job the oldest goes first, whatever the clock of its machine said', () => {
  const other: JobToFit = { job: 'other', ended: false, snapshots: [usage(9, 30, 5), usage(8, 6, 5)] };
  const odd: JobToFit = { job: 'odd', ended: false, snapshots: [usage(3, 30, 5), usage(2, 1, 5), usage(1, 10, 5)] };
  expect(fit(24, [odd, other])).toEqual({ other: 1, overBytes: 0 });
  expect(fit(15, [odd, other])).toEqual({ other: 1, odd: 1, overBytes: 0 });
});
