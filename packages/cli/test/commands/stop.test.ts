import { HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { fakeDeployment } from '../support/fake-deployment.js';
import { runLine } from '../support/run-line.js';

const stopped = { job: 'align-7', outcome: 'stopped', lastSnapshot: 4 } as const;
const notHere = new HoldfastError('HF_JOB_NOT_RUNNING', { kind: 'not-found', message: 'job align-7 is not running on this machine' });
const isNotHere = fakeDeployment({ jobs: { stop: () => Promise.reject(notHere) } });

test('stop ends the run of this machine, and says where the job goes on', async () => {
  const deployment = fakeDeployment({ jobs: { stop: () => Promise.resolve(stopped) } });
  expect(await runLine(['stop', 'align-7'], { deployment })).toMatchObject({
    status: 0,
    stdout: "job 'align-7' is stopped: its next attempt goes on from snapshot 4\n",
  });
  const { stdout } = await runLine(['stop', 'align-7', '--json'], { deployment });
  expect(JSON.parse(stdout)).toEqual(stopped);
});

test('a job that no holdfast run has is stopped by the agent', async () => {
  const asked: string[] = [];
  const stop = (job: string) => {
    asked.push(job);
    return Promise.resolve({ ...stopped, outcome: 'exited' as const, lastSnapshot: undefined });
  };
  const { status, stdout } = await runLine(['stop', 'align-7'], { deployment: isNotHere, agent: { stop } });
  expect({ asked, status, stdout }).toEqual({ asked: ['align-7'], status: 0, stdout: "job 'align-7' ended by itself meanwhile\n" });
});

test('a snapshot, too, is asked of the agent where no holdfast run has the job', async () => {
  const deployment = fakeDeployment({ jobs: { snapshot: () => Promise.reject(notHere) } });
  const taken = { number: 4, freezeMs: 12, totalMs: 1200, logicalBytes: 1024, storedBytes: 10 };
  const { stdout } = await runLine(['snapshot', 'align-7', '--json'], { deployment, agent: { snapshot: () => Promise.resolve(taken) } });
  expect(JSON.parse(stdout)).toEqual(taken);
});

test('where there is no agent either, the job does not run here', async () => {
  const { status, stderr } = await runLine(['stop', 'align-7'], { deployment: isNotHere });
  expect(status).toBe(4);
  expect(stderr).toContain('job align-7 is not running on this machine');
});

test.each([['stop'], ['snapshot']] as const)('%s of a job that nobody knows says so, with an agent and without', async (command) => {
  const missing = new HoldfastError('HF_JOB_MISSING', { kind: 'not-found', message: 'there is no job align-7 in this storage' });
  const refuse = () => Promise.reject(notHere);
  const deployment = fakeDeployment({ jobs: { stop: refuse, snapshot: refuse, show: () => Promise.reject(missing) } });
  for (const agent of [undefined, { stop: refuse, snapshot: refuse }]) {
    const { status, stderr } = await runLine([command, 'align-7'], { deployment, ...(agent === undefined ? {} : { agent }) });
    expect(status).toBe(4);
    expect(stderr).toContain('there is no job align-7 in this storage');
  }
});

test('a last snapshot that failed is told with its code', async () => {
  const failure = new HoldfastError('HF_DUMP_FAILED', { kind: 'unexpected', message: 'criu failed' });
  const stop = () => Promise.reject(failure);
  const { status, stderr } = await runLine(['stop', 'align-7'], { deployment: fakeDeployment({ jobs: { stop } }) });
  expect(status).toBe(70);
  expect(stderr).toContain('criu failed');
});
