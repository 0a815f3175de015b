import { setTimeout as delay } from 'node:timers/promises';
import { startTwinHelper } from '@holdfast/twin';
import { describe, expect, test } from 'vitest';
import { Job, type JobOptions, program } from './job.js';
import { drop, forkOnce, twinsBelow } from './twins.js';

interface Case {
  readonly about: string;
  readonly args: readonly string[];
  readonly options: JobOptions;
}

const cases: readonly Case[] = [
  { about: 'a program that forks all the time, freezer v1', args: ['plain'], options: { kind: 'v1' } },
  { about: 'one whose children the kernel reaps, with 100 more threads, freezer v2', args: ['ignore', '100'], options: { kind: 'v2' } },
  {
    about: 'one that would see a child that tells nobody of its end, below holdfast-init, freezer v1',
    args: ['wall'],
    options: { kind: 'v1', underInit: true },
  },
  { about: 'the same, freezer v2', args: ['wall'], options: { kind: 'v2', underInit: true } },
];

test.each(cases)('unnoticed by $about', async ({ args, options }) => {
  await using job = new Job('family', args, options);
  expect(await job.line()).toBe('ready');
  await using helper = await startTwinHelper({ program });
  for (let round = 0; round < 3; round++) {
    const twins = await forkOnce(helper, job);
    expect(twins.length).toBeGreaterThan(0);
    await delay(10);
    const parents = job.members();
    await drop(helper, job);
    expect(twinsBelow([...parents, ...job.members()])).toEqual([]);
  }
  job.signal('SIGUSR1');
  expect(await job.line()).toMatch(/^fine /);
});

/** These end with EINTR whenever a process was stopped and goes on, signal(7): by a freezer, by CRIU, by SIGSTOP. */
const interrupted = ['epoll_wait', 'sigtimedwait', 'recv'];

async function told(job: Job) {
  job.signal('SIGUSR1');
  const lines: string[] = [];
  while (lines.at(-1) !== 'end') lines.push(await job.line());
  return lines.slice(0, -1).map((line) => {
    const [name = '', ended, wrong] = line.split(' ');
    return { line, name, ended: Number(ended), wrong: Number(wrong) };
  });
}

describe.each(['v1', 'v2'] as const)('freezer %s', (kind) => {
  test('waits for time, bytes and locks are neither cut short nor ended by an error', async () => {
    await using job = new Job('waiting', [], { kind });
    expect(await job.line()).toBe('ready');
    await using helper = await startTwinHelper({ program });
    for (let round = 0; round < 4; round++) {
      await forkOnce(helper, job);
      await delay(30);
      await drop(helper, job);
      await delay(30);
    }
    let waits = await told(job);
    // On a busy machine a thread may not have had its turn yet.
    while (waits.some(({ ended }) => ended === 0)) waits = await told(job);
    expect(waits.length).toBeGreaterThan(interrupted.length);
    for (const { line, name, wrong } of waits) if (!interrupted.includes(name)) expect(wrong, line).toBe(0);
  });
});
