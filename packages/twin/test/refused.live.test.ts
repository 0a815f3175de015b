import { isHoldfastError } from '@holdfast/core';
import { startTwinHelper } from '@holdfast/twin';
import { expect, test, vi } from 'vitest';
import { Job, program } from './job.js';
import { drop, forkOnce, twinsBelow } from './twins.js';

async function reasonOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isHoldfastError(error) && error.code === 'HF_TWIN_REFUSED' ? error.context['reason'] : error;
}

/** Thawed, a stopped job runs for as long as it takes to stand still again. */
function standsStillAgain(job: Job): Promise<void> {
  return vi.waitFor(() => expect(job.state()).toBe('T'), { timeout: 30_000, interval: 5 });
}

test.each(['traced', 'vfork'])('a process that is in %s is refused, and goes on', async (kind) => {
  await using job = new Job('odd', [kind]);
  expect(await job.line()).toBe('ready');
  await using helper = await startTwinHelper({ program });
  expect(await reasonOf(forkOnce(helper, job))).toBe(kind);
  expect(twinsBelow(job.members())).toEqual([]);
  expect(job.isFrozen()).toBe(false);
});

test('a limit of processes is told, and nothing is left', async () => {
  await using job = new Job('odd');
  expect(await job.line()).toBe('ready');
  await using limit = job.limitProcesses(1);
  await using helper = await startTwinHelper({ program });
  expect(await reasonOf(forkOnce(helper, job))).toBe('pids');
  expect(twinsBelow(job.members())).toEqual([]);
  limit.raise();
  expect(await forkOnce(helper, job)).toHaveLength(1);
  expect(await reasonOf(forkOnce(helper, job))).toBe('busy');
  await drop(helper, job);
});

test('a limit of the processes of a user is told', async () => {
  await using job = new Job('odd', ['limited']);
  expect(await job.line()).toBe('ready');
  await using helper = await startTwinHelper({ program });
  expect(await reasonOf(forkOnce(helper, job))).toBe('pids');
  job.write('x');
  expect(await job.line()).toBe('ready');
});

test('a program of 32 bits is refused, and goes on', async () => {
  await using job = new Job('narrow', [], { flags: ['-m32', '-nostdlib', '-static', '-fno-pic', '-no-pie', '-fno-stack-protector'] });
  expect(await job.line()).toBe('ready');
  await using helper = await startTwinHelper({ program });
  await job.freeze();
  // Told at once, and not when the time is up.
  const request = { freezer: job.freezer, pids: job.members(), twinGroupDirectories: [job.twinGroup], deadlineMs: 500_000 };
  expect(await reasonOf(helper.fork(request))).toBe('compat');
  await job.thaw();
  job.write('x');
  expect(await job.line()).toBe('ready');
});

test('a job that runs, and a group that is not there, are refused; the job stays as it was', async () => {
  await using job = new Job('odd');
  expect(await job.line()).toBe('ready');
  await using helper = await startTwinHelper({ program });
  const request = { freezer: job.freezer, pids: job.members(), deadlineMs: 20_000 };
  expect(await reasonOf(helper.fork({ ...request, twinGroupDirectories: [job.twinGroup] }))).toBe('running');
  await job.freeze();
  expect(await reasonOf(helper.fork({ ...request, twinGroupDirectories: [`${job.twinGroup}-none`] }))).toBe('group');
  expect(job.isFrozen()).toBe(true);
  await job.thaw();
  expect(twinsBelow(job.members())).toEqual([]);
  job.write('x');
  expect(await job.line()).toBe('ready');
});

test('a filter that kills for the calls of a fork does not see them', async () => {
  await using job = new Job('odd', ['filtered']);
  expect(await job.line()).toBe('ready');
  await using helper = await startTwinHelper({ program });
  for (let round = 0; round < 3; round++) {
    expect(await forkOnce(helper, job)).toHaveLength(1);
    await drop(helper, job);
  }
  job.write('x');
  expect(await job.line()).toBe('ready');
});

test('twins of a job that stands frozen are dropped, too, and leave it frozen', async () => {
  await using job = new Job('odd');
  expect(await job.line()).toBe('ready');
  await using helper = await startTwinHelper({ program });
  await forkOnce(helper, job);
  await job.freeze();
  await helper.drop({ freezer: job.freezer, frozen: true, deadlineMs: 20_000 });
  expect(job.isFrozen()).toBe(true);
  expect(twinsBelow(job.members())).toEqual([]);
  await job.thaw();
  job.write('x');
  expect(await job.line()).toBe('ready');
});

test('a job that was stopped is refused by freezer v1, in time, and stays stopped', async () => {
  await using job = new Job('odd');
  expect(await job.line()).toBe('ready');
  await using helper = await startTwinHelper({ program });
  await job.stop();
  expect(await reasonOf(forkOnce(helper, job))).toBe('stopped');
  await helper.gone;
  await standsStillAgain(job);
  process.kill(job.pid, 'SIGCONT');
  job.write('x');
  expect(await job.line()).toBe('ready');
});

test('a stopped job stays stopped, freezer v2', async () => {
  await using job = new Job('odd', [], { kind: 'v2' });
  expect(await job.line()).toBe('ready');
  await using helper = await startTwinHelper({ program });
  await job.stop();
  expect(await forkOnce(helper, job)).toHaveLength(1);
  await drop(helper, job);
  await standsStillAgain(job);
  process.kill(job.pid, 'SIGCONT');
  job.write('x');
  expect(await job.line()).toBe('ready');
});

test('a helper whose input ends drops the twins of a job that runs', async () => {
  await using job = new Job('odd');
  expect(await job.line()).toBe('ready');
  const helper = await startTwinHelper({ program });
  await forkOnce(helper, job);
  await helper[Symbol.asyncDispose]();
  expect(twinsBelow(job.members())).toEqual([]);
  expect(await reasonOf(drop(helper, job))).toBe('helper');
});
