import { HoldfastError, type PlannedResource, type StorageDriver, type StorageInspection, type StorageStatus } from '@holdfast/core';
import { expect, test } from 'vitest';
import { fakeDeployment } from '../support/fake-deployment.js';
import { type LineOptions, runLine, startLine } from '../support/run-line.js';

const bucket: PlannedResource = { kind: 's3-bucket', name: 'snapshots', action: 'create', detail: 'encrypted', costClass: 'by use' };
const ready: StorageInspection = { state: 'ready', reason: undefined, resources: [{ ...bucket, action: 'none' }] };
const absent: StorageInspection = { state: 'absent', reason: undefined, resources: [] };
const status: StorageStatus = {
  root: '/run/x',
  lasting: true,
  sessions: [{ host: 'node1', pid: 7, since: '2026-11-22T14:00:00.000Z' }],
  health: { ok: true, latencyMs: 4.2, reason: undefined },
  usage: { totalBytes: 2048, freeBytes: 1024 },
};

const line = (words: readonly string[], storage: Partial<StorageDriver>, options: LineOptions = {}) =>
  runLine(['storage', ...words], { ...options, deployment: fakeDeployment({ storage }) });

test('plan tells what would be made and what it costs', async () => {
  const plan = () => Promise.resolve({ resources: [bucket], upToDate: false });
  const told = await line(['plan'], { plan });
  expect(told).toMatchObject({ status: 0, stderr: '' });
  expect(told.stdout).toMatch(/ACTION.*\nmake +s3-bucket +snapshots +by use +encrypted\n1 change; holdfast storage provision/u);
  expect(JSON.parse((await line(['plan', '--json'], { plan })).stdout)).toEqual({ storage: 'local:/fake', resources: [bucket], upToDate: false });
});

test('provision tells each step once with the time since the beginning, and what there is then', async () => {
  const provision: StorageDriver['provision'] = (options) => {
    for (const message of ['made', 'creating', 'creating', 'available']) options?.onProgress?.({ step: 'bucket', message });
    return Promise.resolve(ready);
  };
  const told = await line(['provision'], { provision });
  expect(told).toMatchObject({ status: 0, stdout: 's3-bucket snapshots (encrypted)\n' });
  expect(told.stderr.split('\n').map((text) => text.replace('holdfast:', '').trim())).toEqual([
    '1.0s  bucket: made',
    '2.0s  bucket: creating',
    '4.0s  bucket: available',
    'local:/fake is ready',
    '',
  ]);
  const json = await line(['provision', '--json'], { provision });
  expect(json.stderr.split('\n')[1]).toBe('{"type":"storage.progress","step":"bucket","message":"creating","elapsedMs":2000}');
  expect(JSON.parse(json.stdout)).toMatchObject({ storage: 'local:/fake', state: 'ready', reason: null });
});

test('provision of storage that does not become ready has status 1 and the reason', async () => {
  const told = await line(['provision'], { provision: () => Promise.resolve({ ...ready, state: 'failed', reason: 'no addresses left' }) });
  expect(told).toMatchObject({ status: 1, stderr: 'holdfast: local:/fake is failed: no addresses left\n' });
});

test.each([
  ['plan', 'plan', 'Run the same line again'],
  ['provision', 'provision', 'Run the same line again: it goes on where it was'],
  ['attach', 'attach', 'holdfast storage detach ends that'],
  ['status', 'inspect', 'Run the same line again'],
  ['detach', 'detachLasting', 'holdfast storage status'],
  ['destroy', 'destroy', 'it removes what is left'],
])('Ctrl-C in %s is told in its own word, with what is to be done', async (word, call, remedy) => {
  const begun = Promise.withResolvers<undefined>();
  const interrupted = async (options?: { readonly signal?: AbortSignal | undefined }): Promise<never> => {
    begun.resolve(undefined);
    await new Promise((resolve) => options?.signal?.addEventListener('abort', resolve));
    throw new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${call} of local:/fake was aborted` });
  };
  const storage = { inspect: () => Promise.resolve(ready), status: () => Promise.resolve(status), [call]: interrupted };
  const started = startLine(['storage', word], { deployment: fakeDeployment({ storage }) });
  await begun.promise;
  started.signal('SIGINT');
  expect(await started.status).toBe(130);
  expect(started.stderr()).toContain(`storage ${word} of local:/fake was interrupted`);
  expect(started.stderr()).toContain(remedy);
  expect(started.stderr()).not.toContain('was aborted');
});

test('who gives up while an attach lets go of its own use is told where it stays', async () => {
  const begun = Promise.withResolvers<undefined>();
  const letGo = Promise.withResolvers<undefined>();
  const attach: StorageDriver['attach'] = () => {
    const detach = async (options?: { readonly signal?: AbortSignal | undefined }): Promise<void> => {
      begun.resolve(undefined);
      await letGo.promise;
      options?.signal?.throwIfAborted();
    };
    return Promise.resolve({ root: '/run/x', guarantees: {}, detach } as never);
  };
  const started = startLine(['storage', 'attach'], { deployment: fakeDeployment({ storage: { attach } }) });
  await begun.promise;
  started.signal('SIGINT');
  letGo.resolve(undefined);
  await started.status;
  expect(started.stderr()).toContain('stays attached there until holdfast storage detach');
});

test('attach keeps it and lets go of its own use', async () => {
  const calls: unknown[] = [];
  const attach: StorageDriver['attach'] = (options) => {
    calls.push(options?.lasting);
    const detach = () => Promise.resolve(void calls.push('detach'));
    return Promise.resolve({ root: '/run/x', guarantees: {}, detach } as never);
  };
  expect(await line(['attach'], { attach })).toMatchObject({ status: 0, stdout: '/run/x\n' });
  expect(calls).toEqual([true, 'detach']);
});

test('status tells state, place, answer, space and who uses it', async () => {
  const storage = { inspect: () => Promise.resolve(ready), status: () => Promise.resolve(status) };
  const told = await line(['status'], storage);
  expect(told).toMatchObject({ status: 0, stderr: '' });
  for (const words of [
    'ready',
    '/run/x, until holdfast storage detach',
    'in 4ms',
    '1KiB free of 2KiB',
    'process 7 on node1 since',
    's3-bucket snapshots',
  ])
    expect(told.stdout).toContain(words);
  expect(JSON.parse((await line(['status', '--json'], storage)).stdout)).toMatchObject({ ...status, health: { ok: true }, state: 'ready' });
});

test.each<[string, Partial<StorageStatus>, StorageDriver['inspect'], string]>([
  ['absent', {}, () => Promise.resolve(absent), 'absent'],
  ['hung', { health: { ok: false, latencyMs: 3000, reason: 'no answer within 3 s' } }, () => Promise.resolve(ready), 'no: no answer within 3 s'],
  [
    'not to be asked',
    {},
    () => Promise.reject(new HoldfastError('HF_CONFIG', { kind: 'permission', message: 'AccessDenied' })),
    'unknown: AccessDenied',
  ],
])('status of storage that is %s has status 1', async (_, changed, inspect, words) => {
  const told = await line(['status'], { inspect, status: () => Promise.resolve({ ...status, ...changed }) });
  expect(told.status).toBe(1);
  expect(told.stdout).toContain(words);
  expect(told.stderr.includes('holdfast storage provision makes it')).toBe(words === 'absent');
});

test('detach tells who still uses it', async () => {
  let detached = 0;
  const detachLasting = () => Promise.resolve(void (detached += 1));
  const held = await line(['detach'], { detachLasting, status: () => Promise.resolve(status) });
  expect(held).toMatchObject({ status: 0, stderr: expect.stringContaining('1 session of local:/fake left') as unknown });
  for (const [lasting, words] of [
    [true, 'is kept attached no more'],
    [false, 'was not kept attached here'],
  ] as const) {
    const told = await line(['detach'], { detachLasting, status: () => Promise.resolve({ ...status, lasting, sessions: [] }) });
    expect(told.stderr).toContain(words);
  }
  const free = await line(['detach', '--json'], { detachLasting, status: () => Promise.resolve({ ...status, sessions: [] }) });
  expect(JSON.parse(free.stdout)).toEqual({ storage: 'local:/fake', detached: true, sessions: [] });
  expect(detached).toBe(4);
});

test('--force and --yes belong to destroy', async () => {
  for (const words of [
    ['plan', '--force'],
    ['provision', '--yes'],
  ])
    expect(await line(words, {})).toMatchObject({ status: 2 });
  expect(await line(['drop'], {})).toMatchObject({ status: 2, stderr: expect.stringContaining('plan, provision') as unknown });
});
