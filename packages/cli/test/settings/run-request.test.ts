import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeDeployment } from '../support/fake-deployment.js';
import { runLine } from '../support/run-line.js';

test('asks the engine for what the line says, in its own words', async () => {
  const deployment = fakeDeployment();
  const line =
    'run --job align-7 --interval 90s --track out --track /data --keep 3 --here --fresh --on-restore-failure fail --tcp keep --label a=b=c --label d=';
  await runLine([...line.split(' '), '--', './job', '-x'], { deployment, environment: { HOME: '/root', HOLDFAST_CATALOG_PASSWORD: 'canary' } });
  expect(deployment.requests).toEqual([
    {
      command: ['./job', '-x'],
      job: 'align-7',
      workingDirectory: '/jobs/here',
      environment: { HOME: '/root' },
      track: ['/jobs/here/out', '/data'],
      interval: '90s',
      keep: 3,
      here: true,
      fresh: true,
      onRestoreFailure: 'fail',
      tcp: 'keep',
      labels: { a: 'b=c', d: '' },
    },
  ]);
});

test.each([
  ['HOLDFAST_CATALOG_PASSWORD', 'canary'],
  ['HOLDFAST_KEY_COMMAND', 'echo canary'],
  ['HOLDFAST_STORAGE_PASSWORD', 'canary'],
  ['JFS_RSA_PASSPHRASE', 'canary'],
  ['HOLDFAST_ENCRYPT_KEY_FILE', '/canary/key'],
  ['HOLDFAST_CATALOG', 'mysql://u@db/holdfast?passwordFile=/canary/password'],
])('what leads to the key or a password of Holdfast is not in the environment of the job: %s', async (name, value) => {
  const deployment = fakeDeployment();
  await runLine(['run', '--', 'x'], { deployment, environment: { HOME: '/root', [name]: value } });
  expect(deployment.requests.map(({ environment }) => environment)).toEqual([{ HOME: '/root' }]);
});

test('nor is the variable with the password that the catalog names', async () => {
  const deployment = fakeDeployment();
  const catalog = 'postgres://u@db/holdfast?passwordVariable=DB_PASSWORD';
  await runLine(['run', '--catalog', catalog, '--', 'x'], { deployment, environment: { HOME: '/root', DB_PASSWORD: 'canary', PGPASSWORD: 'own' } });
  expect(deployment.requests.map(({ environment }) => environment)).toEqual([{ HOME: '/root', PGPASSWORD: 'own' }]);
});

test('nor are variables that the section of a storage names, however deep', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'hf-cli-secrets-'));
  const config = join(directory, 'holdfast.json');
  const storage = { type: 'local', path: '/x', metadata: { passwordVariable: 'META' }, format: { encryptionPassphraseVariable: 'PHRASE' } };
  await writeFile(config, JSON.stringify({ storage }));
  const deployment = fakeDeployment();
  await runLine(['run', '--config', config, '--', 'x'], { deployment, environment: { HOME: '/root', META: 'canary', PHRASE: 'canary' } });
  await rm(directory, { recursive: true });
  expect(deployment.requests.map(({ environment }) => environment)).toEqual([{ HOME: '/root' }]);
});

test('asks for a fork by the job and the number that the line or the variable names', async () => {
  const deployment = fakeDeployment();
  await runLine(['run', '--from', 'align-7@12', '--job', 'b', '--', 'x'], { deployment });
  await runLine(['run', '--job', 'b', '--', 'x'], { deployment, environment: { HOLDFAST_FROM: 'align-7' } });
  expect(deployment.requests.map(({ from }) => from)).toEqual([
    { job: 'align-7', number: 12 },
    { job: 'align-7', number: undefined },
  ]);
});

test.each([
  [['--interval', '5x'], 'HF_DURATION', "--interval: '5x' is no duration"],
  [['--keep', '0'], 'HF_USAGE', "--keep must be a whole number from 1 on, not '0'"],
  [['--keep', '1.5'], 'HF_USAGE', "--keep must be a whole number from 1 on, not '1.5'"],
  [['--tcp', 'maybe'], 'HF_USAGE', "--tcp must be close or keep, not 'maybe'"],
  [['--on-restore-failure', 'retry'], 'HF_USAGE', "--on-restore-failure must be older, fresh or fail, not 'retry'"],
  [['--label', 'novalue'], 'HF_USAGE', "--label must be a name and a value joined by '=', not 'novalue'\n  remedy: Write it like team=genomics"],
  [['--label', '=x'], 'HF_USAGE', "--label must be a name and a value joined by '=', not '=x'"],
  [['--label', 'a=1', '--label', 'a=2'], 'HF_USAGE', "--label gives two values to 'a'\n  remedy: Give each name once"],
  [['--job', ''], 'HF_USAGE', '--job is empty'],
  [['--from', 'a@'], 'HF_USAGE', "--from must be a job, or a job and a snapshot's number, not 'a@'"],
])('refuses %j before anything is opened', async (options, code, text) => {
  const { status, stdout, stderr, opened } = await runLine(['run', ...options, '--', 'x']);
  expect(status).toBe(125);
  expect(stdout).toBe('');
  expect(stderr).toContain(`holdfast: ${text}`);
  expect(stderr).toContain(`  code: ${code}  (docs/errors.md#${code.toLowerCase()})`);
  expect(opened).toEqual([]);
});

test('a wrong variable is refused by its name', async () => {
  const { status, stderr } = await runLine(['run', '--', 'x'], { environment: { HOLDFAST_INTERVAL: '5x' } });
  expect(status).toBe(125);
  expect(stderr).toContain("HOLDFAST_INTERVAL: '5x' is no duration");
});

test.each([[['run']], [['run', '--']], [['run', '--', '']]])('refuses %j: no command', async (argv) => {
  const { status, stderr } = await runLine(argv);
  expect(status).toBe(125);
  expect(stderr).toContain('holdfast run -- ./train.sh');
});
