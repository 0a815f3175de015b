import { HoldfastError } from '@holdfast/core';
import type { DeploymentJobs, ForkRequest, SweepReport } from '@holdfast/engine';
import { expect, test } from 'vitest';
import { type FakeDeploymentParts, fakeDeployment } from '../support/fake-deployment.js';
import { runLine } from '../support/run-line.js';

const on = (parts: FakeDeploymentParts) => ({ deployment: fakeDeployment(parts) });

const prune = (_job: string, keep: number) =>
  Promise.resolve({
    removed: [10, keep].map((number) => ({ number, reason: 'keep' as const })),
    waiting: [],
    removedFiles: 5,
    freedBytes: 2048,
    rewrittenPacks: 0,
  });

const fork = (job: string, { to, number = 12 }: ForkRequest) =>
  Promise.resolve({ job: to, number: 1, from: { job, number }, warning: number === 13 ? 'no catalog' : undefined });

test('fork tells what the new job goes on from', async () => {
  expect(await runLine(['fork', 'align-7', 'what-if'], on({ jobs: { fork } }))).toMatchObject({
    status: 0,
    stdout: "'what-if' goes on from snapshot 12 of 'align-7', which is its own snapshot 1: holdfast run --job what-if -- …\n",
  });
  const { stdout, stderr } = await runLine(['fork', 'align-7@13', 'what-if', '--json'], on({ jobs: { fork } }));
  expect(JSON.parse(stdout)).toEqual({ job: 'what-if', number: 1, from: { job: 'align-7', number: 13 }, warning: 'no catalog' });
  expect(stderr).toBe('');
  expect((await runLine(['fork', 'align-7@13', 'what-if'], on({ jobs: { fork } }))).stderr).toContain('no catalog');
});

test('fork refuses a line that is not whole, and a name that is taken with status 1', async () => {
  for (const line of [
    ['fork', 'align-7'],
    ['fork', 'a@0', 'b'],
    ['fork', 'a@x', 'b'],
    ['fork', '@3', 'b'],
    ['fork', 'a', ''],
  ])
    expect(await runLine(line, on({ jobs: { fork } }))).toMatchObject({ status: 2, stdout: '' });
  const taken = () => Promise.reject(new HoldfastError('HF_JOB_EXISTS', { kind: 'conflict', message: 'taken' }));
  expect((await runLine(['fork', 'a', 'b'], on({ jobs: { fork: taken } }))).status).toBe(1);
});

test('prune --keep keeps so many of one job', async () => {
  expect(await runLine(['prune', 'align-7', '--keep', '2'], on({ jobs: { prune } }))).toMatchObject({
    status: 0,
    stdout: "'align-7': removed 2 snapshots (2, 10), 2KiB freed\n",
  });
  expect(await runLine(['prune', 'align-7', '--keep', '2', '--dry-run'], on({ jobs: { prune } }))).toMatchObject({
    stdout: "'align-7': would remove 2 snapshots (2, 10)\n",
  });
  expect(await runLine(['prune', '--keep', '2'], on({ jobs: { prune } }))).toMatchObject({ status: 2, stdout: '' });
  const nothingYet = async (job: string, keep: number) => ({ ...(await prune(job, keep)), freedBytes: job === 'align-7' ? 0 : -512 });
  for (const job of ['align-7', 'align-8'])
    expect((await runLine(['prune', job, '--keep', '2'], on({ jobs: { prune: nothingYet } }))).stdout).toBe(
      `'${job}': removed 2 snapshots (2, 10), no space freed yet, a later prune does that\n`,
    );
});

const swept: SweepReport = {
  dryRun: false,
  skipped: undefined,
  overBytes: 2048,
  freedBytes: 4096,
  jobs: [
    {
      job: 'align-7',
      removed: [
        { number: 10, reason: 'keepLast' },
        { number: 2, reason: 'maxBytes' },
      ],
      waiting: [10],
      freedBytes: 4096,
      problem: undefined,
    },
    { job: 'align-8', removed: [], waiting: [], freedBytes: 0, problem: 'it is damaged' },
  ],
};

test('prune without a number sweeps by the configuration, and tells each reason', async () => {
  const asked: unknown[] = [];
  const sweep = (request: unknown) => {
    asked.push(request);
    return Promise.resolve(swept);
  };
  const { status, stdout, stderr } = await runLine(['prune'], on({ prune: sweep }));
  expect([status, stdout]).toEqual([1, "'align-7': removed 2 snapshots (2 maxBytes, 10 keepLast), 4KiB freed\n"]);
  expect(stderr).toContain("'align-8' was not pruned: it is damaged");
  expect(stderr).toContain('exceed maxBytes by 2KiB');
  await runLine(['prune', 'align-7', '--dry-run'], on({ prune: sweep }));
  expect(asked).toEqual([
    { job: undefined, dryRun: false },
    { job: 'align-7', dryRun: true },
  ]);
  expect(JSON.parse((await runLine(['prune', '--json'], on({ prune: sweep }))).stdout)).toMatchObject({ freedBytes: 4096, skipped: null });
});

test('a sweep that was not allowed is a warning, and one that finds nothing says so', async () => {
  const none = { ...swept, jobs: [], overBytes: 0 };
  expect(await runLine(['prune'], on({ prune: () => Promise.resolve({ ...none, skipped: 'another one sweeps' }) }))).toMatchObject({
    status: 0,
    stdout: '',
    stderr: 'holdfast: nothing was removed: another one sweeps\n',
  });
  expect(await runLine(['prune'], on({ prune: () => Promise.resolve(none) }))).toMatchObject({ status: 0, stdout: 'nothing to remove\n' });
});

test('remove tells what is gone, and what stays', async () => {
  const asked: unknown[] = [];
  const remove: DeploymentJobs['remove'] = (job, options) => {
    asked.push([job, options?.force]);
    return Promise.resolve({ job, snapshots: 3, freedBytes: 2048, warning: job === 'odd' ? 'its directory stays' : undefined });
  };
  expect(await runLine(['remove', 'align-7'], on({ jobs: { remove } }))).toMatchObject({
    status: 0,
    stdout: "'align-7' is gone: 3 snapshots, 2KiB freed\n",
  });
  const empty: DeploymentJobs['remove'] = (job) => Promise.resolve({ job, snapshots: 0, freedBytes: 0, warning: undefined });
  expect((await runLine(['remove', 'empty'], on({ jobs: { remove: empty } }))).stdout).toBe("'empty' is gone: 0 snapshots, it took no space\n");
  const { stdout } = await runLine(['remove', 'odd', '--force', '--json'], on({ jobs: { remove } }));
  expect(JSON.parse(stdout)).toEqual({ job: 'odd', snapshots: 3, freedBytes: 2048, warning: 'its directory stays' });
  expect((await runLine(['remove', 'odd'], on({ jobs: { remove } }))).stderr).toContain('its directory stays');
  expect(asked).toEqual([
    ['align-7', false],
    ['odd', true],
    ['odd', false],
  ]);
});

test('remove refuses a line without a job with status 2, and a job that something needs with status 3', async () => {
  for (const line of [['remove'], ['remove', ''], ['remove', 'a', 'b']]) expect(await runLine(line, on({}))).toMatchObject({ status: 2, stdout: '' });
  const pinned = () => Promise.reject(new HoldfastError('HF_JOB_PINNED', { kind: 'conflict', message: 'a fork needs it' }));
  expect((await runLine(['remove', 'a'], on({ jobs: { remove: pinned } }))).status).toBe(3);
});
