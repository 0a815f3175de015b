import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '@holdfast/core';
import { expect, it } from 'vitest';
import { endProcesses } from '../../src/container/end-processes.js';

it('kills what is found until nothing is', async () => {
  const child = spawn('sleep', ['60']);
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const find = (): Promise<readonly number[]> => Promise.resolve(child.exitCode === null && child.signalCode === null ? [child.pid ?? -1] : []);
  expect(await endProcesses({ find, deadlineMs: 5_000, clock: systemClock })).toEqual([]);
  expect((await ended)[1]).toBe('SIGKILL');
});

it.each([1, process.pid])('kills nobody where process %i is among them: those are not a job', async (other) => {
  const child = spawn('sleep', ['60']);
  try {
    await once(child, 'spawn');
    const find = (): Promise<readonly number[]> => Promise.resolve([child.pid ?? -1, other]);
    await expect(endProcesses({ find, deadlineMs: 1_000, clock: systemClock })).rejects.toThrow(/nothing was killed/);
    expect(child.signalCode).toBeNull();
  } finally {
    child.kill('SIGKILL');
  }
});
