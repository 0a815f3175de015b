import type { RebuildOptions, RebuildReport } from '@holdfast/engine';
import { expect, test } from 'vitest';
import { fakeDeployment } from '../support/fake-deployment.js';
import { runLine } from '../support/run-line.js';

const report: RebuildReport = { jobs: 2, attempts: 3, snapshots: 1, removed: ['old'], problems: [] };

function rebuilding(answer: RebuildReport) {
  const asked: RebuildOptions[] = [];
  const rebuild = (options: RebuildOptions = {}): Promise<RebuildReport> => {
    asked.push(options);
    options.onProgress?.({ done: 1, total: 2 });
    return Promise.resolve(answer);
  };
  return { asked, deployment: fakeDeployment({ catalog: { rebuild } }) };
}

test('rebuild tells what the catalog has now', async () => {
  const { asked, deployment } = rebuilding(report);
  const told = await runLine(['catalog', 'rebuild'], { deployment });
  expect(told).toMatchObject({ status: 0, stdout: expect.stringContaining('2 jobs, 3 attempts, 1 snapshot of this storage; removed') as unknown });
  expect(asked[0]?.signal).toBeInstanceOf(AbortSignal);
  const json = await runLine(['catalog', 'rebuild', '--json'], { deployment });
  expect(JSON.parse(json.stdout)).toEqual(report);
});

test('a job that was left out is named, with status 1', async () => {
  const { deployment } = rebuilding({ ...report, problems: [{ job: 'align-7', problem: 'another storage has it' }] });
  const told = await runLine(['catalog', 'rebuild'], { deployment });
  expect(told).toMatchObject({ status: 1, stderr: expect.stringContaining("'align-7' was left out: another storage has it") as unknown });
});

test('there is no other action', async () => {
  const { asked, deployment } = rebuilding(report);
  expect(await runLine(['catalog', 'drop'], { deployment })).toMatchObject({ status: 2 });
  expect(await runLine(['catalog'], { deployment })).toMatchObject({ status: 2 });
  expect(asked).toEqual([]);
});
