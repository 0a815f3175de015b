import { silentLogger, systemClock } from '@holdfast/core';
import { type Imds, startImds } from '@holdfast/testkit/imds';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProtectedJob } from '../../src/agent/types.js';
import type { Run, SnapshotOutcome } from '../../src/run/types.js';
import { attendNotices } from '../../src/spot/attend-notices.js';

let imds: Imds;
beforeEach(async () => {
  imds = await startImds();
});
afterEach(() => imds[Symbol.asyncDispose]());

const outcome: SnapshotOutcome = { number: 1, freezeMs: 1, totalMs: 1, logicalBytes: 1, storedBytes: 1 };

function attended(watch: 'auto' | 'on' | 'off') {
  const said: string[] = [];
  const run: Pick<Run, 'hold' | 'release' | 'snapshot'> = {
    hold: () => Promise.resolve(outcome).finally(() => said.push('hold')),
    snapshot: (reason) => Promise.resolve(outcome).finally(() => said.push(String(reason))),
    release: () => Promise.resolve().finally(() => said.push('released')),
  };
  const job: ProtectedJob = {
    job: 'align-7',
    containerId: 'c1',
    containerName: 'align',
    since: '2026-11-26T10:00:00Z',
    lastSnapshotAt: undefined,
    run: run as Run,
    memoryBytes: () => Promise.resolve(1),
  };
  const attendance = attendNotices({
    jobs: () => [job],
    spot: { watch, endpoint: imds.endpoint, intervalMs: 5 },
    clock: systemClock,
    logger: silentLogger,
    onNotice: (kind) => void said.push(`notice ${kind}`),
    onOutcome: (outcomeOf) => void said.push(outcomeOf),
  });
  return { said, attendance };
}

test('a recommendation takes an early snapshot, a notice holds the job; each of them once', async () => {
  const { said, attendance } = attended('on');
  imds.recommendRebalance(new Date('2026-11-26T10:01:00Z'));
  await expect.poll(() => said).toEqual(['notice rebalance', 'rebalance']);
  imds.announce('terminate');
  await expect.poll(() => said).toEqual(['notice rebalance', 'rebalance', 'notice terminate', 'hold', 'held']);
  const asked = imds.calls.length;
  await expect.poll(() => imds.calls.length).toBeGreaterThan(asked + 3);
  await attendance[Symbol.asyncDispose]();
  expect(said).toHaveLength(5);
});

test('a machine that outlived its notice lets its jobs go on', async () => {
  const { said, attendance } = attended('auto');
  imds.announce('stop', new Date(Date.now() - 300_000));
  await expect.poll(() => said).toEqual(['notice stop', 'hold', 'released', 'late']);
  await attendance[Symbol.asyncDispose]();
});

test('a watch that is off asks nobody', async () => {
  const { attendance } = attended('off');
  await new Promise((resolve) => setTimeout(resolve, 30));
  await attendance[Symbol.asyncDispose]();
  expect(imds.calls).toEqual([]);
});
