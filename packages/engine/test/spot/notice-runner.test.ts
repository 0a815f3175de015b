import { setImmediate as turn } from 'node:timers/promises';
import { HoldfastError, silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import type { NoticeJob } from '../../src/spot/notice-job.js';
import { type NoticeOutcome, NoticeRunner, type NoticeRunnerOptions } from '../../src/spot/notice-runner.js';

const noticedAt = new Date('2026-11-26T10:00:00Z');
const inTwoMinutes = { action: 'terminate', at: new Date('2026-11-26T10:02:00Z') } as const;

/** Jobs that note what is done with them; the test ends each snapshot. */
function stage(options: Partial<NoticeRunnerOptions> = {}) {
  const said: string[] = [];
  const outcomes: NoticeOutcome[] = [];
  const jobs: NoticeJob[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  let now = noticedAt.getTime();
  const add = (job: string, lossMinutes: number, gibs = 1): void => {
    jobs.push({
      job,
      lastCommittedAt: new Date(noticedAt.getTime() - lossMinutes * 60_000),
      expectedBytes: () => Promise.resolve(gibs * 1024 ** 3),
      snapshot: async (how) => {
        said.push(`${how} ${job}`);
        const end = Promise.withResolvers<void>();
        ends.set(job, end);
        await end.promise;
        said.push(`safe ${job}`);
        return { number: 1, freezeMs: 1, totalMs: 1, logicalBytes: 1, storedBytes: 1 };
      },
      release: () => {
        said.push(`released ${job}`);
        return Promise.resolve();
      },
    });
  };
  const runner = new NoticeRunner({
    jobs: () => jobs,
    bytesPerSecond: () => 1024 ** 3,
    clock: { now: () => new Date(now), monotonicMs: () => now },
    logger: silentLogger,
    signal: new AbortController().signal,
    onOutcome: (outcome) => void outcomes.push(outcome),
    atOnce: 1,
    outliveMs: 0,
    lookAgainMs: 1,
    ...options,
  });
  const finish = async (job: string, error?: HoldfastError): Promise<void> => {
    while (!ends.has(job)) await turn();
    const end = ends.get(job);
    ends.delete(job);
    if (error === undefined) end?.resolve();
    else end?.reject(error);
    for (let turns = 0; turns < 5; turns += 1) await turn();
  };
  return { said, outcomes, add, runner, finish, setTime: (time: string) => (now = Date.parse(time)) };
}

const failure = new HoldfastError('HF_DUMP_FAILED', { kind: 'unexpected', message: 'criu' });

test('a notice holds the jobs in the order of what would be lost, so many at a time', async () => {
  const { said, outcomes, add, runner, finish } = stage({ atOnce: 2, outliveMs: 300_000 });
  for (const [job, loss] of [
    ['a', 1],
    ['b', 14],
    ['c', 7],
  ] as const)
    add(job, loss);
  void runner.interruption(inTwoMinutes);
  await finish('b');
  expect(said).toEqual(['hold b', 'hold c', 'safe b', 'hold a']);
  await finish('c');
  await finish('a');
  expect(said.slice(4)).toEqual(['safe c', 'safe a']);
  expect(outcomes).toEqual(['held', 'held', 'held']);
});

test('a snapshot that fails is tried once more, after all others', async () => {
  const { said, outcomes, add, runner, finish } = stage({ outliveMs: 300_000 });
  add('a', 9);
  add('b', 1);
  void runner.interruption(inTwoMinutes);
  await finish('a', failure);
  await finish('b');
  await finish('a', failure);
  expect(said).toEqual(['hold a', 'hold b', 'safe b', 'hold a']);
  expect(outcomes).toEqual(['failed', 'held', 'failed']);
});

test('a job that began meanwhile has its turn; what is safe after the announced time is late', async () => {
  const { said, outcomes, add, runner, finish, setTime } = stage({ outliveMs: 300_000 });
  add('a', 9);
  void runner.interruption(inTwoMinutes);
  add('b', 0);
  await finish('a');
  setTime('2026-11-26T10:02:01Z');
  await finish('b');
  expect(said).toEqual(['hold a', 'safe a', 'hold b', 'safe b']);
  expect(outcomes).toEqual(['held', 'late']);
});

test('a job that is protected only when all others are safe has its turn, until the announced time', async () => {
  const { said, add, runner, finish, setTime } = stage({ outliveMs: 300_000 });
  add('a', 9);
  void runner.interruption(inTwoMinutes);
  await finish('a');
  add('b', 0);
  await finish('b');
  setTime('2026-11-26T10:02:01Z');
  await new Promise((resolve) => setTimeout(resolve, 30));
  add('c', 0);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(said).toEqual(['hold a', 'safe a', 'hold b', 'safe b']);
});

test('a machine that is still there after the time releases the jobs, also one whose snapshot comes later', async () => {
  const { said, add, runner, finish, setTime } = stage({ atOnce: 2, outliveMs: 300_000 });
  add('a', 9);
  add('b', 1);
  setTime('2026-11-26T10:06:59.990Z');
  const over = runner.interruption(inTwoMinutes);
  await finish('a');
  setTime('2026-11-26T10:07:00Z');
  await expect.poll(() => said).toContain('released a');
  await finish('b');
  await over;
  expect(said).toEqual(['hold a', 'hold b', 'safe a', 'released a', 'safe b', 'released b']);
});

test('another notice moves the time at which jobs are released', async () => {
  const { said, add, runner, finish, setTime } = stage({ outliveMs: 300_000 });
  add('a', 9);
  setTime('2026-11-26T10:06:59.990Z');
  void runner.interruption(inTwoMinutes);
  void runner.interruption({ action: 'stop', at: new Date('2026-11-26T10:06:00Z') });
  await finish('a');
  setTime('2026-11-26T10:07:01Z');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(said).toEqual(['hold a', 'safe a']);
});

test('a recommendation, and a machine that hibernates, take early snapshots, one after the other', async () => {
  const { said, add, runner, finish } = stage({ atOnce: 2 });
  add('a', 1);
  add('b', 9);
  const early = runner.rebalance();
  const joined = runner.interruption({ action: 'hibernate', at: noticedAt });
  await finish('b');
  await finish('a', failure);
  await Promise.all([early, joined]);
  expect(said).toEqual(['early b', 'safe b', 'early a']);
});

test('a notice ends the early snapshots: each job gets its last one', async () => {
  const { said, add, runner, finish } = stage({ outliveMs: 300_000 });
  add('a', 1);
  add('b', 9);
  const early = runner.rebalance();
  await turn();
  void runner.interruption(inTwoMinutes);
  await finish('b');
  await early;
  expect(said.filter((each) => each.startsWith('early'))).toEqual(['early b']);
});

test('a job that ended meanwhile is neither tried again nor counted', async () => {
  const { said, outcomes, add, runner, finish } = stage();
  add('a', 1);
  const over = runner.interruption(inTwoMinutes);
  await finish('a', new HoldfastError('HF_JOB_NOT_RUNNING', { kind: 'not-found', message: 'it ended' }));
  add('b', 1);
  await finish('b');
  expect(said).toEqual(['hold a', 'hold b', 'safe b']);
  expect(outcomes).toEqual(['held']);
  void over;
});
