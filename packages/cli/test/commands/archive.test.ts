import { Writable } from 'node:stream';
import type { DeploymentJobs, ExportReport, ImportReport } from '@holdfast/engine';
import { expect, test } from 'vitest';
import { fakeDeployment } from '../support/fake-deployment.js';
import { runLine } from '../support/run-line.js';

const exported: ExportReport = {
  job: 'align-7',
  number: 12,
  createdAt: '2026-11-22T14:32:10.000Z',
  archiveBytes: 3 * 1024 ** 2,
  logicalBytes: 5 * 1024 ** 2,
};
const imported: ImportReport = {
  job: 'align-8',
  number: 1,
  logicalBytes: 5 * 1024 ** 2,
  storedBytes: 1024 ** 2,
  source: { repository: 'r', job: 'align-7', number: 12, createdAt: '2026-11-22T14:32:10.000Z' },
  command: ['./align.sh', 'a file'],
  workingDirectory: '/data',
};

function withJobs(jobs: Partial<DeploymentJobs>) {
  return { deployment: fakeDeployment({ jobs }) };
}

test('export writes the named snapshot to a path of the working directory', async () => {
  const calls: unknown[][] = [];
  const jobs: Partial<DeploymentJobs> = { export: (job, target, options) => (calls.push([job, target, options?.number]), Promise.resolve(exported)) };
  const { status, stdout, stderr } = await runLine(['export', 'align-7@12', 'out/a.tar'], withJobs(jobs));
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "snapshot 12 of 'align-7': 3MiB written to out/a.tar\n", stderr: '' });
  await runLine(['export', 'align-7', '/abs/a.tar'], withJobs(jobs));
  expect(calls).toEqual([
    ['align-7', '/jobs/here/out/a.tar', 12],
    ['align-7', '/abs/a.tar', undefined],
  ]);
});

test('export with - writes the archive alone to stdout, and what it says to stderr', async () => {
  const jobs: Partial<DeploymentJobs> = {
    export: async (_job, target) => {
      if (!(target instanceof Writable)) throw new Error('no stream');
      await new Promise((resolve) => target.write('ARCHIVE\xff', 'latin1', resolve));
      return exported;
    },
  };
  expect(await runLine(['export', 'align-7', '-'], withJobs(jobs))).toMatchObject({
    status: 0,
    stdout: 'ARCHIVE\xff',
    stderr: "holdfast: snapshot 12 of 'align-7': 3MiB written\n",
  });
  const scripted = await runLine(['export', 'align-7', '-', '--json'], withJobs(jobs));
  expect(scripted.stdout).toBe('ARCHIVE\xff');
  expect(JSON.parse(scripted.stderr)).toEqual(exported);
});

test('an archive does not go to a terminal', async () => {
  const { status, stderr } = await runLine(['export', 'align-7', '-'], { ...withJobs({}), terminal: true });
  expect(status).toBe(2);
  expect(stderr).toContain('an archive is not for a terminal');
});

test('import takes an archive in under the name that is given', async () => {
  const calls: unknown[][] = [];
  const jobs: Partial<DeploymentJobs> = { import: (source, job) => (calls.push([source, job]), Promise.resolve(imported)) };
  const { status, stdout } = await runLine(['import', 'a.tar', '--job', 'align-8'], withJobs(jobs));
  expect(status).toBe(0);
  expect(stdout).toBe(
    "snapshot 1 of 'align-8': snapshot 12 of 'align-7', taken 2026-11-22T14:32:10.000Z (5MiB, 1MiB added)\n" +
      "resume it in /data: holdfast run --job align-8 -- ./align.sh 'a file'\n",
  );
  expect(JSON.parse((await runLine(['import', '-', '--job', 'x', '--json'], withJobs(jobs))).stdout)).toEqual(imported);
  expect(calls).toMatchObject([
    ['/jobs/here/a.tar', 'align-8'],
    [{ readable: true }, 'x'],
  ]);
});

test('import makes the storage where it is missing, as run does', async () => {
  const deployment = fakeDeployment({ storageState: 'absent', jobs: { import: () => Promise.resolve(imported) } });
  await runLine(['import', 'a.tar', '--job', 'align-8'], { deployment });
  expect(deployment.calls).toContain('provision');
});

test.each([
  [['export', 'align-7'], "missing required argument 'FILE.tar'"],
  [['export', 'align-7@x', 'a.tar'], "not 'align-7@x'"],
  [['export', 'align-7', ''], 'the name of the archive is empty'],
  [['import', 'a.tar'], 'it must be told its name'],
  [['import', ''], 'the name of the archive is empty'],
])('%j is refused', async (line, sentence) => {
  const { status, stderr } = await runLine(line, withJobs({}));
  expect(status).toBe(2);
  expect(stderr).toContain(sentence);
});
