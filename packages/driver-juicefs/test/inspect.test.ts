import { HoldfastError } from '@holdfast/core';
import { assertRejects } from '@holdfast/testkit/contract';
import { afterEach, expect, test, vi } from 'vitest';
import { bucketTag } from '../src/bucket.js';
import type { BucketClient } from '../src/client.js';
import { parseJuicefsConfig } from '../src/config.js';
import { inspectVolume, planVolume } from '../src/inspect.js';
import { aSection } from './support/a-config.js';
import { type FakeJuicefs, fakeJuicefs } from './support/fake-juicefs.js';

test('the plan says what a bucket costs where costs are told', async () => {
  await using fake = await fakeJuicefs();
  const { resources } = await planVolume(fake.setup);
  const bucket = resources.find(({ kind }) => kind === 's3-bucket');
  expect(bucket?.costClass).toContain('by use');
  expect(bucket?.detail).not.toContain('by use');
});

afterEach(() => {
  vi.useRealTimers();
});

const away = new HoldfastError('HF_CLOUD_UNAVAILABLE', { kind: 'unavailable', message: 'The bucket is away' });
const denied = new HoldfastError('HF_CLOUD_DENIED', { kind: 'permission', message: 'The keys are wrong' });

function withBucketCalls({ setup, bucket }: FakeJuicefs, calls: Partial<BucketClient>): FakeJuicefs['setup'] {
  return { ...setup, buckets: () => ({ ...bucket.client, ...calls }) };
}

function failing(failure: HoldfastError): Pick<BucketClient, 'exists' | 'read'> {
  const fail = async (): Promise<never> => {
    throw failure;
  };
  // HEAD has no words.
  const failSilently = async (): Promise<never> => {
    throw new HoldfastError('HF_CLOUD_DENIED', { kind: 'permission', message: 'HTTP status 403' });
  };
  return { exists: failSilently, read: fail };
}

test.each(['made', undefined])('with a bucket that cannot be asked nothing is up to date, absent or ready (volume: %s)', async (uuid) => {
  await using fake = await fakeJuicefs();
  await fake.tell(uuid);
  await expect(planVolume(withBucketCalls(fake, failing(away)))).rejects.toBe(away);
  expect(await inspectVolume(withBucketCalls(fake, failing(away)))).toMatchObject({ state: 'degraded', reason: 'The bucket is away' });
  expect(await inspectVolume(withBucketCalls(fake, failing(denied)))).toMatchObject({ state: 'failed', reason: 'The keys are wrong' });
});

test('a bucket that says nothing is told at the deadline', async () => {
  await using fake = await fakeJuicefs();
  const asked = Promise.withResolvers<void>();
  const exists = (): Promise<boolean> => {
    asked.resolve();
    return new Promise(() => {});
  };
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const inspecting = inspectVolume(withBucketCalls(fake, { exists }));
  await asked.promise;
  vi.advanceTimersByTime(5000);
  expect(await inspecting).toMatchObject({ state: 'degraded', reason: "The bucket 'acme-snapshots' does not answer: nothing came within 5 s" });
});

test('the plan refuses what provision would refuse', async () => {
  await using fake = await fakeJuicefs();
  const gone = withBucketCalls(fake, { exists: async () => false });
  const { program, stateDirectory } = fake.setup.config;
  const config = parseJuicefsConfig(aSection({ program, stateDirectory, bucket: { create: false } }));
  await assertRejects(planVolume({ ...gone, config }), { code: 'HF_STORAGE_MISSING' });
  expect((await planVolume(gone)).resources[0]).toMatchObject({ kind: 's3-bucket', action: 'create' });
  fake.bucket.objects.set('snapshots/chunks/0/0/1_0_4', '');
  const error = await assertRejects(planVolume(fake.setup), { code: 'HF_PROVISION_CONFLICT' });
  expect(error.message).toContain('postgres://db.example.org:5432/jfs does not know');
  await fake.tell('made');
  await assertRejects(planVolume(gone), { code: 'HF_STORAGE_MISSING' });
});

test('a bucket that an interrupted provision left is told as its own, and not as adopted', async () => {
  await using fake = await fakeJuicefs();
  expect(await inspectVolume(fake.setup)).toEqual({ state: 'absent', reason: undefined, resources: [] });
  expect((await planVolume(fake.setup)).resources[0]).toMatchObject({ kind: 's3-bucket', action: 'adopt' });
  fake.bucket.tags.set(bucketTag, 'snapshots');
  expect(await inspectVolume(fake.setup)).toMatchObject({ state: 'failed', resources: [{ kind: 's3-bucket', name: 'acme-snapshots' }] });
  expect((await planVolume(fake.setup)).resources[0]).toMatchObject({ kind: 's3-bucket', action: 'none' });
});

test('a plan that gets no answer is not asked for again and again', async () => {
  await using fake = await fakeJuicefs();
  let asked = 0;
  const exists = (): Promise<boolean> => {
    asked += 1;
    vi.advanceTimersByTime(5000);
    return new Promise(() => {});
  };
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const error = await assertRejects(planVolume(withBucketCalls(fake, { exists })), { code: 'HF_STORAGE_TIMEOUT' });
  expect(error.retry).toBe('spent');
  expect(asked).toBe(1);
});
