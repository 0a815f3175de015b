import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeDeployment } from '../support/fake-deployment.js';
import { runLine } from '../support/run-line.js';

let directory: string;
let file: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-cli-settings-'));
  file = join(directory, 'holdfast.json');
  await writeFile(file, JSON.stringify({ storage: { type: 'local', path: '/from/file' }, stateDirectory: '/state/file', job: { keep: 9 } }));
});

afterAll(() => rm(directory, { recursive: true }));

async function configOf(options: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const page = { items: [], nextCursor: undefined };
  const { opened } = await runLine(['list', ...options], {
    environment,
    deployment: fakeDeployment({ jobs: { list: () => Promise.resolve(page) } }),
  });
  return opened[0]?.config;
}

test('an option wins over a variable, that over the file', async () => {
  const environment = { HOLDFAST_CONFIG: file, HOLDFAST_STORAGE: '/from/variable' };
  expect(await configOf(['--storage', '/from/line'], environment)).toMatchObject({ storage: { type: 'local', path: '/from/line' } });
  expect(await configOf([], environment)).toMatchObject({ storage: { type: 'local', path: '/from/variable' } });
  expect(await configOf([], { HOLDFAST_CONFIG: file })).toMatchObject({
    storage: { path: '/from/file' },
    stateDirectory: '/state/file',
    job: { keep: 9 },
  });
});

test('--config wins over HOLDFAST_CONFIG', async () => {
  expect(await configOf(['--config', file], { HOLDFAST_CONFIG: '/nowhere' })).toMatchObject({ stateDirectory: '/state/file' });
});

test('what nobody names is left to the defaults of the configuration', async () => {
  expect(await configOf([])).toEqual({});
});

test('relative paths are of the working directory', async () => {
  expect(await configOf(['--storage', 'snaps', '--state-dir', '../state'])).toMatchObject({
    storage: { type: 'local', path: '/jobs/here/snaps' },
    stateDirectory: '/jobs/state',
  });
});

test('the variables of a checkout name the programs', async () => {
  expect(await configOf([], { HOLDFAST_CRIU: '/c', HOLDFAST_RUNC: '/r', HOLDFAST_NATIVE: '/n' })).toEqual({
    tools: { criu: '/c', runc: '/r', native: '/n' },
  });
});

test.each([
  [['--config', '/nowhere/x.json'], 'HF_CONFIG', '/nowhere/x.json'],
  [['--storage', 's3://user:secret@bucket'], 'HF_CONFIG', "'s3:'"],
  [['--catalog', 'oracle://user:secret@host'], 'HF_CONFIG', "'oracle:'"],
  [['--storage', ''], 'HF_USAGE', '--storage is empty'],
])('refuses %j', async (options, code, text) => {
  const { status, stdout, stderr } = await runLine(['list', ...options]);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(code);
  expect(stderr).toContain(text);
  expect(stderr).not.toContain('secret');
});

test('a value that the engine refuses is said to be of the file', async () => {
  const open = () =>
    Promise.reject(new HoldfastError('HF_CONFIG', { kind: 'invalid-argument', message: "'job.kep' is no known key", hint: 'Known: keep' }));
  expect(await runLine(['list', '--config', file], { open })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(`holdfast: ${file}: 'job.kep' is no known key\n  remedy: Known: keep\n`) as unknown,
  });
});

test('a file that is no JSON object is refused by name', async () => {
  const wrong = join(directory, 'wrong.json');
  for (const text of ['{', '[]', 'null']) {
    await writeFile(wrong, text);
    expect((await runLine(['list', '--config', wrong])).stderr).toContain(`the configuration file ${wrong}`);
  }
});

test('where the key is may be said by the line, by a variable and by the file, in this order, and the rest of the file stands', async () => {
  const withKey = join(directory, 'encrypted.json');
  await writeFile(withKey, JSON.stringify({ encryption: { keyCommand: ['kms', 'decrypt'], allowPlainDiskStaging: true } }));
  const environment = { HOLDFAST_CONFIG: withKey };
  expect(await configOf([], environment)).toMatchObject({ encryption: { keyCommand: ['kms', 'decrypt'] } });
  const fromVariable = await configOf([], { ...environment, HOLDFAST_ENCRYPT_KEY_FILE: '/from/variable' });
  expect(fromVariable).toHaveProperty('encryption', { keyFile: '/from/variable', allowPlainDiskStaging: true });
  const fromLine = await configOf(['--encrypt-key-file', '/from/line'], { ...environment, HOLDFAST_ENCRYPT_KEY_FILE: '/from/variable' });
  expect(fromLine).toHaveProperty('encryption', { keyFile: '/from/line', allowPlainDiskStaging: true });
  const command = await configOf(['--key-command', 'gpg -d key.gpg']);
  expect(command).toHaveProperty('encryption', { keyCommand: ['/bin/sh', '-c', 'gpg -d key.gpg'] });
});

test("of the key's file and command the one on the line wins over the variable of either", async () => {
  const [file, command] = [{ HOLDFAST_ENCRYPT_KEY_FILE: '/variable' }, { HOLDFAST_KEY_COMMAND: 'from variable' }];
  expect(await configOf(['--encrypt-key-file', '/line'], { ...file, ...command })).toEqual({ encryption: { keyFile: '/line' } });
  expect(await configOf(['--key-command', 'line'], { ...file, ...command })).toEqual({ encryption: { keyCommand: ['/bin/sh', '-c', 'line'] } });
  expect(await configOf([], file)).toEqual({ encryption: { keyFile: '/variable' } });
  expect(await configOf([], command)).toEqual({ encryption: { keyCommand: ['/bin/sh', '-c', 'from variable'] } });
});

test('two of them at one place are both handed on, which the configuration refuses', async () => {
  const both = { keyFile: '/a', keyCommand: ['/bin/sh', '-c', 'b'] };
  expect(await configOf(['--encrypt-key-file', '/a', '--key-command', 'b'])).toEqual({ encryption: both });
  expect(await configOf([], { HOLDFAST_ENCRYPT_KEY_FILE: '/a', HOLDFAST_KEY_COMMAND: 'b' })).toEqual({ encryption: both });
});
