import { systemClock } from '@holdfast/core';
import { expect, it } from 'vitest';
import type { JobProcess } from '../../src/container/job-processes.js';
import type { QueuedTerminal } from '../../src/container/queued-terminal.js';
import type { UnreadyProcess } from '../../src/container/unready-process.js';
import { freezeBetweenWords } from '../../src/run/freeze-between-words.js';

const queued: QueuedTerminal = { pid: process.pid, descriptor: 3, end: 'slave', number: 4, bytes: 5 };

/** A job of which each look finds what is next in the list, and the last one ever after. */
function jobWith(...found: readonly (QueuedTerminal | UnreadyProcess | undefined)[]) {
  const done: string[] = [];
  const stop = new AbortController();
  const container = {
    initPid: process.pid,
    processes: () => Promise.resolve([process.pid]),
    freezerFiles: { version: 1, folder: '', control: '', frozen: '', thawed: '', state: '', isFrozen: /x/ } as const,
    freeze: () => Promise.resolve(void done.push('freeze')),
    thaw: ({ again = false } = {}) => Promise.resolve(void done.push(again ? 'thaw for another try' : 'thaw')),
  };
  let looks = 0;
  const looked: unknown[] = [];
  const look = (_: unknown, processes: readonly JobProcess[]): Promise<QueuedTerminal | UnreadyProcess | undefined> => {
    done.push('look');
    looked.push(processes);
    looks += 1;
    return Promise.resolve(found[Math.min(looks, found.length) - 1]);
  };
  const context = { container, clock: systemClock, signal: stop.signal, tools: { terminals: '/nowhere' } };
  return { done, looked, stop, freeze: () => freezeBetweenWords(context, look) };
}

it('a job in whose terminals nothing lies is frozen once, and stays so', async () => {
  const job = jobWith(undefined);
  const { startedAt, processes } = await job.freeze();
  expect(startedAt).toBeLessThanOrEqual(systemClock.monotonicMs());
  expect(job.done).toEqual(['freeze', 'look']);
  expect(processes).toMatchObject([{ pid: process.pid, parentPid: process.ppid }]);
  expect(job.looked).toEqual([processes]);
});

it('where something lies there the job runs on a little, and is frozen again', async () => {
  const job = jobWith(queued, queued, undefined);
  await job.freeze();
  expect(job.done).toEqual(['freeze', 'look', 'thaw for another try', 'freeze', 'look', 'thaw for another try', 'freeze', 'look']);
});

it('where something always lies there the snapshot is given up by name, at a look', async () => {
  const job = jobWith(queued);
  await expect(job.freeze()).rejects.toMatchObject({
    code: 'HF_TERMINAL_BUSY',
    retry: 'yes',
    message: expect.stringContaining(`5 bytes wait in the pseudo-terminal 4 of the job for process `) as string,
    context: { pid: process.pid, end: 'slave', number: 4, bytes: 5 },
  });
  expect(job.done.at(-1)).toBe('look');
  expect(job.done.filter((each) => each === 'freeze')).toHaveLength(7);
});

it.each([
  ['vfork', 'waits for a child that borrows its memory (vfork)'],
  ['stopped', 'is stopped (SIGSTOP)'],
] as const)('a process that nobody can take hold of gives the snapshot up by name: %s', async (why, words) => {
  const job = jobWith({ pid: process.pid, why });
  const failure = { code: 'HF_DUMP_FAILED', retry: 'yes', message: expect.stringContaining(`(${process.pid}) of the job ${words}`) as string };
  await expect(job.freeze()).rejects.toMatchObject(failure);
  expect(job.done.filter((each) => each === 'freeze')).toHaveLength(7);
});

it('an end of the run ends the waiting, the job running', async () => {
  const job = jobWith(queued);
  job.stop.abort();
  await expect(job.freeze()).rejects.toThrow();
  expect(job.done).toEqual(['freeze', 'look', 'thaw for another try']);
});
