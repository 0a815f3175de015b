import { type ErrorCode, type ErrorKind, HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { aJob, type FakeDeploymentParts, fakeDeployment } from '../support/fake-deployment.js';
import { runLine, startLine } from '../support/run-line.js';

const on = (parts: FakeDeploymentParts) => ({ deployment: fakeDeployment(parts) });
const page = { items: [aJob], nextCursor: 'abc' };

test('list asks with its filters and shows a table', async () => {
  const queries: unknown[] = [];
  const list = (query: unknown) => {
    queries.push(query);
    return Promise.resolve(page);
  };
  const line = ['list', '--status', 'interrupted', '--prefix', 'al', '--label', 'team=genomics', '--limit', '1', '--cursor', 'x'];
  const { status, stdout, stderr } = await runLine(line, on({ jobs: { list } }));
  expect(status).toBe(0);
  expect(queries).toEqual([{ status: 'interrupted', prefix: 'al', label: { name: 'team', value: 'genomics' }, limit: 1, cursor: 'x' }]);
  expect(stdout).toMatch(
    /^JOB {6}STATUS {7}EXIT {2}UPDATED {11}COMMAND\nalign-7 {2}interrupted {8}2026-11-21 \d\d:00 {2}\.\/align\.sh 'a file\\n'\n$/u,
  );
  expect(stderr).toBe('holdfast: there are more: holdfast list --cursor abc\n');
});

test('list --json is one document with the same keys for every job', async () => {
  const { stdout, stderr } = await runLine(['list', '--json'], on({ jobs: { list: () => Promise.resolve(page) } }));
  expect(JSON.parse(stdout)).toMatchObject({ items: [{ job: 'align-7', exitCode: null, labels: { team: 'genomics' } }], nextCursor: 'abc' });
  expect(stderr).toBe('');
});

test('list of nothing says so beside stdout', async () => {
  const { stdout, stderr } = await runLine(['list'], on({ jobs: { list: () => Promise.resolve({ items: [], nextCursor: undefined }) } }));
  expect([stdout, stderr]).toEqual(['', 'holdfast: no jobs\n']);
});

test('list warns where the jobs are not those of the storage alone', async () => {
  const all = { ...page, warning: 'the jobs of every storage' };
  expect((await runLine(['list', '-q'], on({ jobs: { list: () => Promise.resolve(all) } }))).stderr).toBe('holdfast: the jobs of every storage\n');
  const { stdout, stderr } = await runLine(['list', '--json'], on({ jobs: { list: () => Promise.resolve(all) } }));
  expect([JSON.parse(stdout), stderr]).toEqual([expect.objectContaining({ warning: 'the jobs of every storage' }), '']);
});

test('show puts everything on one page', async () => {
  const snapshot = {
    job: 'align-7',
    number: 3,
    epoch: 2,
    attempt: 'a1',
    createdAt: 'then',
    logicalBytes: 2048,
    storedBytes: 10,
    parent: 2,
    eligible: false,
    freezeMs: 12,
    memoryFrom: 'staged-memory',
    twinRefused: 'pids',
    coverRefused: undefined,
    changedFrom: undefined,
    unreadBytes: undefined,
    keptTwinRefused: undefined,
  } as const;
  const attempt = {
    job: 'align-7',
    attempt: 'a1',
    epoch: 2,
    host: 'h\u001B[31m',
    pid: 7,
    startedAt: 'x',
    endedAt: undefined,
    resumedFrom: 2,
    outcome: 'running',
    exitCode: undefined,
  } as const;
  const detail = {
    job: 'align-7',
    record: aJob,
    holder: { host: 'box', pid: 7, since: 'noon' },
    snapshots: [
      snapshot,
      { ...snapshot, number: 1, storedBytes: 0, parent: undefined, eligible: true, twinRefused: undefined, changedFrom: 2, unreadBytes: 2048 },
    ],
    forkedFrom: { job: 'align-6', number: 9 },
    attempts: [attempt],
    nextCursor: 'e2',
    warning: undefined,
    events: [
      {
        job: 'align-7',
        attempt: 'a1',
        at: 'now',
        type: 'job.started',
        detail: { freedBytes: 0, pid: 8, freezeMs: 1234.5, storedBytes: 2048, why: 'it was asked', none: null },
      },
    ],
  };
  const { status, stdout } = await runLine(['show', 'align-7'], on({ jobs: { show: () => Promise.resolve(detail) } }));
  expect(status).toBe(0);
  expect(stdout).toContain('held by    process 7 on box since noon\n');
  expect(stdout).toContain('forked     from snapshot 9 of align-6\n');
  expect(stdout).toContain('3  then     12ms   2KiB    10B  memory (pids)  left behind\n');
  expect(stdout).toContain('1  then     12ms   2KiB     0B  memory         is snapshot 9 of align-6\n');
  expect(stdout).toContain('a1       running           2  x               h\\x1b[31m\n');
  expect(stdout).toContain('now  job.started  freed=nothing yet pid=8 freeze=1.2s stored=2KiB why=it was asked\n');
});

test('verify finds damage: status 1', async () => {
  const problem = { job: 'align-7', number: 3, file: '/s/pack', code: 'HF_PACK_CORRUPT', message: 'block 7 is not what was written' };
  const verify = () => Promise.resolve({ ok: false, snapshots: 2, blocks: 9, bytes: 1024, problems: [problem] });
  const { status, stdout } = await runLine(['verify'], on({ jobs: { verify } }));
  expect(status).toBe(1);
  expect(stdout).toBe(`damaged: job 'align-7', snapshot 3: block 7 is not what was written
  file: /s/pack
  code: HF_PACK_CORRUPT  (docs/errors.md#hf_pack_corrupt)
1 damaged; 2 snapshots, 9 blocks, 1KiB read
`);
});

test('verify draws its progress over on a terminal only', async () => {
  const report = { ok: true, snapshots: 2, blocks: 9, bytes: 1024, problems: [] };
  const verify: NonNullable<FakeDeploymentParts['jobs']>['verify'] = (_job, options) => {
    options?.onProgress?.(512);
    return Promise.resolve(report);
  };
  expect(await runLine(['verify'], on({ jobs: { verify } }))).toMatchObject({ stderr: '', stdout: 'ok: 2 snapshots, 9 blocks, 1KiB read\n' });
  expect((await runLine(['verify'], { ...on({ jobs: { verify } }), terminal: true })).stderr).toContain(
    '\r\u001B[2Kholdfast: verifying: 512B read\r\u001B[2K',
  );
});

test('snapshot tells its number', async () => {
  const taken = { number: 4, freezeMs: 12, totalMs: 90, logicalBytes: 2048, storedBytes: 10 };
  const { stdout } = await runLine(['snapshot', 'align-7'], on({ jobs: { snapshot: () => Promise.resolve(taken) } }));
  expect(stdout).toBe("snapshot 4 of 'align-7': frozen 12ms, 10B added (2KiB in all), safe after 90ms\n");
});

test('doctor names each remedy: status 1', async () => {
  const checks = [
    { name: 'criu', ok: true, detail: '4.2.1', remedy: undefined },
    { name: 'root', ok: false, detail: 'you are uid 1000', remedy: 'sudo holdfast doctor' },
    { name: 'runc', ok: true, detail: 'needs root to tell', remedy: undefined, skipped: true },
  ];
  const doctor = () =>
    Promise.resolve({ ok: false, checks, toError: () => new HoldfastError('HF_REQUIREMENT', { kind: 'missing-requirement', message: '' }) });
  const people = await runLine(['doctor'], on({ doctor }));
  expect(people.status).toBe(1);
  expect(people.stdout).toBe(`ok       criu  4.2.1
missing  root  you are uid 1000
               remedy: sudo holdfast doctor
unknown  runc  needs root to tell
1 of 3 missing
`);
  expect(JSON.parse((await runLine(['doctor', '--json'], on({ doctor }))).stdout)).toEqual({
    ok: false,
    checks: [{ ...checks[0], remedy: null }, checks[1], { ...checks[2], remedy: null }],
  });
});

test.each<[ErrorCode, ErrorKind, number]>([
  ['HF_JOB_MISSING', 'not-found', 4],
  ['HF_JOB_NOT_RUNNING', 'conflict', 4],
  ['HF_JOB_HELD', 'conflict', 3],
  ['HF_CATALOG_UNAVAILABLE', 'unavailable', 5],
  ['HF_STORAGE_TIMEOUT', 'timeout', 5],
  ['HF_STORAGE_FULL', 'no-space', 5],
  ['HF_STORAGE_READ_ONLY', 'permission', 5],
  ['HF_JOB_NAME', 'invalid-argument', 2],
  ['HF_FORMAT_NEWER', 'newer-format', 1],
  ['HF_MANIFEST_CORRUPT', 'corrupt', 1],
  ['HF_NOT_ROOT', 'permission', 1],
  ['HF_UNEXPECTED', 'unexpected', 70],
])('%s (%s) is the status %i', async (code, kind, status) => {
  const error = new HoldfastError(code, { kind, message: 'no', context: { job: 'align-7' } });
  const parts = on({ jobs: { show: () => Promise.reject(error) } });
  expect((await runLine(['show', 'align-7'], parts)).status).toBe(status);
  const json = await runLine(['show', 'align-7', '--json'], parts);
  expect(json.stderr).toBe('');
  expect(JSON.parse(json.stdout)).toEqual({ error: { code, kind, message: 'no', hint: null, context: { job: 'align-7' } } });
});

test('what nobody foresaw is said as a defect', async () => {
  const parts = on({ jobs: { show: () => Promise.reject(new TypeError('x is not a function')) } });
  const { status, stderr } = await runLine(['show', 'align-7'], parts);
  expect(status).toBe(70);
  expect(stderr).toContain('holdfast: x is not a function\n  remedy: This is a defect');
});

test.each([
  [['frobnicate'], '', 'Did you mean'],
  [['list', '--status', 'happy'], '', 'must be running, interrupted, succeeded or failed'],
  [['completion', 'tcsh'], '', 'must be bash, zsh or fish'],
])('%j is a usage error: status 2', async (argv, stdout, hint) => {
  const result = await runLine(argv);
  expect(result).toMatchObject({ status: 2, stdout });
  if (argv[0] !== 'frobnicate') expect(result.stderr).toContain(hint);
});

test('a wrong variable has the status of the command', async () => {
  const environment = { HOLDFAST_QUIET: '9', HOLDFAST_JSON: '1' };
  expect((await runLine(['list'], { environment })).status).toBe(2);
  expect(await runLine(['run', '--', 'x'], { environment })).toMatchObject({
    status: 125,
    stdout: '',
    stderr: expect.stringContaining('{"error":') as unknown,
  });
});

test('a usage error with --json is a document too', async () => {
  expect(JSON.parse((await runLine(['list', '--json', '--nope'])).stdout)).toMatchObject({ error: { code: 'HF_USAGE' } });
});

test('a signal ends a command with 128 + n', async () => {
  const asked = Promise.withResolvers<undefined>();
  const verify: NonNullable<FakeDeploymentParts['jobs']>['verify'] = (_job, options) => {
    asked.resolve(undefined);
    return new Promise((_resolve, reject) =>
      options?.signal?.addEventListener('abort', () => reject(new HoldfastError('HF_ABORTED', { kind: 'aborted', message: 'aborted' }))),
    );
  };
  const line = startLine(['verify'], on({ jobs: { verify } }));
  await asked.promise;
  line.signal('SIGINT');
  expect(await line.status).toBe(130);
});
