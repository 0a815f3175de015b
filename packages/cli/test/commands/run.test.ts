import { HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { fakeDeployment } from '../support/fake-deployment.js';
import { type FakeRun, fakeRun } from '../support/fake-run.js';
import { runLine, startLine } from '../support/run-line.js';

const committed = {
  type: 'snapshot.committed',
  createdAt: '2026-11-22T14:32:10.000Z',
  number: 4,
  reason: 'interval',
  freezeMs: 12.4,
  totalMs: 1240,
  logicalBytes: 2 ** 30,
  storedBytes: 3_500_000,
  memoryFrom: 'twin',
} as const;

function deploymentWith(run: FakeRun) {
  return fakeDeployment({ run: () => Promise.resolve(run) });
}

/** A line whose job has begun. */
async function begun(run: FakeRun, argv: readonly string[] = ['run', '--', './job']) {
  const started = Promise.withResolvers<undefined>();
  const deployment = fakeDeployment({
    run: () => {
      started.resolve(undefined);
      return Promise.resolve(run);
    },
  });
  const line = startLine(argv, { deployment });
  await started.promise;
  await new Promise((resolve) => setImmediate(resolve));
  return line;
}

test.each([
  [{ outcome: 'exited', exitCode: 0 }, 0],
  [{ outcome: 'exited', exitCode: 3 }, 3],
  [{ outcome: 'exited', exitCode: 139 }, 139],
  [{ outcome: 'stopped', exitCode: undefined }, 75],
  [{ outcome: 'lost', exitCode: undefined }, 125],
  [{ outcome: 'lost', exitCode: 137 }, 137],
  [{ outcome: 'lost', exitCode: 137, error: new HoldfastError('HF_FENCED', { kind: 'fenced', message: 'another attempt has it' }) }, 125],
] as const)('%j gives the status %i', async (end, status) => {
  const run = fakeRun();
  run.end(end);
  expect((await runLine(['run', '--', './job'], { deployment: deploymentWith(run) })).status).toBe(status);
});

test('says what happens on stderr, and nothing on stdout', async () => {
  const run = fakeRun();
  run.emit({ type: 'job.resumed', pid: 7, snapshot: 3, restoreMs: 840, restoredFiles: 12, restoredBytes: 2048 });
  run.emit({ type: 'files.moved', folder: '/jobs/here.holdfast-1', count: 1 });
  run.emit({ type: 'output.repeats', snapshot: 3, sinceSnapshotAt: 'then' });
  run.emit(committed);
  run.emit({ type: 'snapshot.failed', reason: 'interval', code: 'HF_STORAGE_FULL', message: 'no space', hint: 'Free some' });
  run.emit({ type: 'job.exited', exitCode: 0, signal: undefined, byItself: true });
  const forkedFrom = { job: 'align-6', number: 4 };
  run.emit({ type: 'job.resumed', pid: 7, snapshot: 1, forkedFrom, restoreMs: 840, restoredFiles: 12, restoredBytes: 2048 });
  run.emit({ type: 'output.repeats', snapshot: 1, forkedFrom, sinceSnapshotAt: 'then' });
  run.emit({ ...committed, changedFrom: 3, unreadBytes: 2048 });
  run.emit({ ...committed, keptTwinRefused: 'no-room' });
  run.end();
  const { stdout, stderr } = await runLine(['run', '--', './job'], { deployment: deploymentWith(run) });
  expect(stdout).toBe('');
  expect(stderr).toBe(`holdfast: resumed job 'align-7' from snapshot 3 in 840ms (12 files, 2KiB)
holdfast: 1 file changed since the snapshot: moved to /jobs/here.holdfast-1
holdfast: snapshot 3 is of then: what the job printed since then may come again
holdfast: snapshot 4: frozen 12ms, 3.34MiB added (1GiB in all), safe after 1.2s
holdfast: a snapshot failed, the job goes on: no space
  remedy: Free some
  code: HF_STORAGE_FULL  (docs/errors.md#hf_storage_full)
holdfast: job 'align-7' ended with status 0
holdfast: resumed job 'align-7' from snapshot 1 (which is snapshot 4 of 'align-6') in 840ms (12 files, 2KiB)
holdfast: snapshot 1 (which is snapshot 4 of 'align-6') is of then: what the job printed since then may come again
holdfast: snapshot 4: frozen 12ms, 3.34MiB added (1GiB in all), safe after 1.2s; 2KiB not read, as in snapshot 3
holdfast: snapshot 4: frozen 12ms, 3.34MiB added (1GiB in all), safe after 1.2s; all memory read, no twin was kept (no-room)
`);
});

test.each([
  [['-q'], 'holdfast: the catalog does not answer, the job and its snapshots go on: x\n'],
  [['-qq'], ''],
])('%j leaves %j', async (options, said) => {
  const run = fakeRun();
  run.emit(committed);
  run.emit({ type: 'catalog.unavailable', message: 'x' });
  run.end();
  expect((await runLine(['run', ...options, '--', './job'], { deployment: deploymentWith(run) })).stderr).toBe(said);
});

test('with --json every event and the result are lines on stderr', async () => {
  const run = fakeRun();
  run.emit(committed);
  run.end({ exitCode: 2 });
  const { status, stdout, stderr } = await runLine(['run', '--json', '--', './job'], { deployment: deploymentWith(run) });
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(
    stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toMatchObject([
    { ...committed, job: 'align-7' },
    { type: 'result', outcome: 'exited', exitCode: 2, error: null },
  ]);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s takes a last snapshot and stops with 75', async (signal) => {
  const run = fakeRun();
  const line = await begun(run);
  line.signal(signal);
  expect(run.calls).toEqual(['stop']);
  run.end({ outcome: 'stopped', lastSnapshot: 5, exitCode: undefined });
  expect(await line.status).toBe(75);
  expect(line.stderr()).toContain(`${signal}: taking a last snapshot, then ending the job; a second signal ends it at once`);
});

test("a second signal ends the job at once; the status is the job's", async () => {
  const run = fakeRun();
  const line = await begun(run);
  line.signal('SIGINT');
  line.signal('SIGINT');
  expect(run.calls).toEqual(['stop', 'kill']);
  run.end({ outcome: 'stopped', exitCode: 137 });
  expect(await line.status).toBe(137);
});

test('a last snapshot that fails is not said to leave the job running', async () => {
  const run = fakeRun();
  run.emit({ type: 'snapshot.failed', reason: 'stop', code: 'HF_STORAGE_FULL', message: 'no space left', hint: 'Free some' });
  run.emit({ type: 'job.stopped', snapshot: undefined });
  run.end({ outcome: 'stopped', exitCode: undefined, error: new HoldfastError('HF_STORAGE_FULL', { kind: 'no-space', message: 'no space left' }) });
  expect(
    (await runLine(['run', '--', './job'], { deployment: deploymentWith(run) })).stderr,
  ).toBe(`holdfast: the last snapshot failed: ending the job without it
holdfast: stopped job 'align-7', which has no snapshot: the same line run again starts it anew
holdfast: no space left
  code: HF_STORAGE_FULL  (docs/errors.md#hf_storage_full)
`);
});

test('a stop without its snapshot gives 128 + n and says why', async () => {
  const run = fakeRun();
  const line = await begun(run);
  line.signal('SIGTERM');
  run.end({ outcome: 'stopped', exitCode: undefined, error: new HoldfastError('HF_STORAGE_FULL', { kind: 'no-space', message: 'no space left' }) });
  expect(await line.status).toBe(143);
  expect(line.stderr()).toContain('holdfast: no space left');
});

test('a signal before the job began aborts the start', async () => {
  const opening = Promise.withResolvers<undefined>();
  const deployment = fakeDeployment({
    run: (_request, signal) => {
      opening.resolve(undefined);
      return new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(new HoldfastError('HF_ABORTED', { kind: 'aborted', message: 'aborted' }))),
      );
    },
  });
  const line = startLine(['run', '--', './job'], { deployment });
  await opening.promise;
  line.signal('SIGTERM');
  expect(await line.status).toBe(143);
  expect(deployment.calls).toContain('closed');
});

test('a second signal before the job began waits for nothing', async () => {
  const opening = Promise.withResolvers<undefined>();
  const deployment = fakeDeployment({
    run: () => {
      opening.resolve(undefined);
      return new Promise(() => {});
    },
  });
  const line = startLine(['run', '--', './job'], { deployment });
  await opening.promise;
  line.signal('SIGTERM');
  line.signal('SIGINT');
  expect(await line.status).toBe(130);
});

test.each([
  ['HF_JOB_HELD', 'conflict', undefined, 125],
  ['HF_CRIU_MISSING', 'missing-requirement', undefined, 125],
  ['HF_START_FAILED', 'not-found', 127, 127],
  ['HF_START_FAILED', 'permission', 126, 126],
  ['HF_START_FAILED', 'unexpected', 1, 125],
] as const)('%s (%s) before the job began gives a status of its own', async (code, kind, exitCode, status) => {
  const error = new HoldfastError(code, { kind, message: 'it did not begin', hint: 'Do this', context: exitCode === undefined ? {} : { exitCode } });
  const result = await runLine(['run', '--', './job'], { deployment: fakeDeployment({ run: () => Promise.reject(error) }) });
  expect(result.status).toBe(status);
  expect(result.stderr).toBe(`holdfast: it did not begin\n  remedy: Do this\n  code: ${code}  (docs/errors.md#${code.toLowerCase()})\n`);
});

test('a failure to close the storage does not change the status', async () => {
  const run = fakeRun();
  run.end();
  const deployment = fakeDeployment({ run: () => Promise.resolve(run), close: () => Promise.reject(new Error('stuck')) });
  const { status, stderr } = await runLine(['run', '--', './job'], { deployment });
  expect(status).toBe(0);
  expect(stderr).toContain('closing the storage failed: stuck');
});

test('with --json a failure to close the storage is a line of its own, before the last one', async () => {
  const run = fakeRun();
  run.end();
  const stuck = new HoldfastError('HF_STORAGE_TIMEOUT', { kind: 'timeout', message: 'stuck', hint: 'Look at it' });
  const deployment = fakeDeployment({ run: () => Promise.resolve(run), close: () => Promise.reject(stuck) });
  const { stderr } = await runLine(['run', '--json', '--', './job'], { deployment });
  const [warning, last] = stderr
    .trim()
    .split('\n')
    .slice(-2)
    .map((line) => JSON.parse(line) as unknown);
  expect(warning).toEqual({ type: 'warning', code: 'HF_STORAGE_TIMEOUT', message: 'closing the storage failed: stuck', hint: 'Look at it' });
  expect(last).toMatchObject({ type: 'result' });
});

test('on a terminal the start is one line that goes away', async () => {
  const run = fakeRun();
  run.end();
  const { stderr } = await runLine(['run', '--', './job'], { deployment: deploymentWith(run), terminal: true });
  expect(stderr).toBe('holdfast: starting …\r\u001B[2K');
});
