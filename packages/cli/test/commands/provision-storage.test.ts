import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HoldfastError } from '@holdfast/core';
import { type FakeDeployment, fakeDeployment } from '../support/fake-deployment.js';
import { fakeRun } from '../support/fake-run.js';
import { runLine } from '../support/run-line.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-cli-provision-'));
  await writeFile(join(directory, 'file'), '');
});

afterAll(() => rm(directory, { recursive: true }));

async function runOn(storageState: 'absent' | 'ready', options: readonly string[]) {
  const run = fakeRun();
  run.end();
  const missing = new HoldfastError('HF_STORAGE_MISSING', { kind: 'not-found', message: 'it is not there' });
  const deployment: FakeDeployment = fakeDeployment({
    storageState,
    run: () => (storageState === 'ready' || deployment.calls.includes('provision') ? Promise.resolve(run) : Promise.reject(missing)),
  });
  const result = await runLine(['run', ...options, '--', './job'], { deployment });
  return { ...result, calls: deployment.calls };
}

test('makes the default storage', async () => expect((await runOn('absent', [])).calls).toContain('provision'));

test('leaves storage that is there alone', async () => expect((await runOn('ready', [])).calls).not.toContain('provision'));

test('makes a named directory whose parent exists', async () => {
  expect((await runOn('absent', ['--storage', join(directory, 'new')])).calls).toContain('provision');
});

test.each(['missing/new', 'file/new'])('refuses %s by name', async (path) => {
  const { status, stderr, calls } = await runOn('absent', ['--storage', join(directory, path)]);
  expect(status).toBe(125);
  expect(calls).not.toContain('provision');
  expect(stderr).toContain(`the storage ${join(directory, path)} cannot be made`);
  expect(stderr).toContain('HF_STORAGE_NOT_DIRECTORY');
});
