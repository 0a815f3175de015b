import { HoldfastError, type PlannedResource } from '@holdfast/core';
import { expect, test } from 'vitest';
import { fakeDeployment } from '../support/fake-deployment.js';
import { type LineOptions, runLine } from '../support/run-line.js';

const made: PlannedResource = { kind: 's3-bucket', name: 'snapshots', action: 'none', detail: 'encrypted' };
const adopted: PlannedResource = { kind: 'database', name: 'theirs', action: 'none', detail: 'adopted' };

function destroyable(failure?: HoldfastError) {
  const calls: (boolean | undefined)[] = [];
  let removed = false;
  const deployment = fakeDeployment({
    storage: {
      inspect: () => Promise.resolve({ state: removed ? 'absent' : 'ready', reason: undefined, resources: removed ? [] : [made, adopted] }),
      plan: () => Promise.resolve({ resources: [{ ...made, action: removed ? 'create' : 'none' }, adopted], upToDate: !removed }),
      destroy: (options) => {
        calls.push(options?.force);
        if (failure !== undefined) return Promise.reject(failure);
        removed = true;
        return Promise.resolve();
      },
    },
  });
  return {
    calls,
    run: (words: readonly string[], options: LineOptions = {}) => runLine(['storage', 'destroy', ...words], { ...options, deployment }),
  };
}

test('a script is not asked; what was removed and what was left is told', async () => {
  const { calls, run } = destroyable();
  expect(await run(['--force'])).toMatchObject({
    status: 0,
    stdout: 'removed: s3-bucket snapshots (encrypted)\n',
    stderr: 'holdfast: left, since Holdfast did not make it or others use it: database theirs\n',
  });
  expect(calls).toEqual([true]);
  const json = await destroyable().run(['--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ storage: 'local:/fake', removed: [{ name: 'snapshots' }], left: [{ name: 'theirs' }] });
});

test.each([
  ['', false],
  ['n\n', false],
  ['yesterday\n', false],
  ['y\n', true],
  ['YES\n', true],
])('on a terminal it asks, and the answer %j counts', async (input, removes) => {
  const { calls, run } = destroyable();
  const told = await run([], { terminal: true, input });
  expect(told.stderr).toContain('s3-bucket snapshots (encrypted)');
  expect(told.stderr).toContain('remove local:/fake? [y/N]');
  expect(told.status).toBe(removes ? 0 : 1);
  expect(calls).toEqual(removes ? [false] : []);
});

test('--yes does not ask, and --json cannot', async () => {
  const { calls, run } = destroyable();
  const told = await run(['--yes'], { terminal: true });
  expect(told.status).toBe(0);
  expect(told.stderr).not.toContain('[y/N]');
  expect(await run(['--json'], { terminal: true })).toMatchObject({ status: 2, stdout: expect.stringContaining('Add --yes') as unknown });
  expect(calls).toEqual([false]);
});

test('what is waited for is told; where something is gone that provision does not make, all of it is removed', async () => {
  const deployment = fakeDeployment({
    storage: {
      inspect: () => Promise.resolve({ state: 'ready', reason: undefined, resources: [made] }),
      plan: () => Promise.reject(new HoldfastError('HF_STORAGE_MISSING', { kind: 'not-found', message: 'no bucket' })),
      destroy: async (options) => options?.onProgress?.({ step: 'lock', message: 'waiting for node1' }),
    },
  });
  const told = await runLine(['storage', 'destroy', '--yes'], { deployment });
  expect(told).toMatchObject({ status: 0, stdout: 'removed: s3-bucket snapshots (encrypted)\n' });
  expect(told.stderr).toContain('lock: waiting for node1');
});

test('storage in use is refused with status 3', async () => {
  const { run } = destroyable(new HoldfastError('HF_STORAGE_IN_USE', { kind: 'conflict', message: 'process 7 on node1 uses it' }));
  expect(await run(['--yes'])).toMatchObject({ status: 3, stderr: expect.stringContaining('process 7') as unknown });
});
