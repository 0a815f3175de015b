import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRuns, type RunRecord, runDirectory, writeRunRecord } from '../../src/run/run-record.js';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'holdfast-run-record-'));
});
afterEach(() => rm(state, { recursive: true }));

const record: RunRecord = {
  version: 1,
  job: 'align-7',
  attempt: 'a1',
  repositoryId: 'r',
  containerId: 'holdfast-a1',
  owner: { bootId: 'b', pid: 1, startTicks: 2 },
  startedAt: '2026-01-01T00:00:00.000Z',
  folders: [],
  stagingFolders: [],
};

test('a record comes back as it was written, for its owner alone', async () => {
  const directory = runDirectory(state, 'a1');
  await writeRunRecord(directory, record);
  expect(await findRuns(state)).toEqual([{ directory, record }]);
  expect(((await stat(join(directory, 'run.json'))).mode & 0o777).toString(8)).toBe('600');
  expect(((await stat(directory)).mode & 0o777).toString(8)).toBe('700');
  expect(await readdir(directory)).toEqual(['run.json']);
});

test('a folder whose attempt died before its record, a broken record and one of another version are found without a record', async () => {
  for (const [name, text] of [
    ['empty', undefined],
    ['broken', '{"version":1,'],
    ['newer', '{"version":2}'],
  ] as const) {
    await mkdir(runDirectory(state, name), { recursive: true });
    if (text !== undefined) await writeFile(join(runDirectory(state, name), 'run.json'), text);
  }
  expect((await findRuns(state)).map(({ record: found }) => found)).toEqual([undefined, undefined, undefined]);
});

test('a machine that ran nothing yet has no runs', async () => {
  expect(await findRuns(join(state, 'absent'))).toEqual([]);
});
