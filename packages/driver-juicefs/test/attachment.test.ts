import { dirname, join } from 'node:path';
import { HoldfastError, machineSessions } from '@holdfast/core';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { attachVolume } from '../src/attachment.js';
import { stayLasting } from '../src/stay-lasting.js';
import { type FakeJuicefs, fakeJuicefs } from './support/fake-juicefs.js';

const sessionsOf = (fake: FakeJuicefs) => machineSessions(join(dirname(fake.setup.config.mount.path), '.sessions'));

test('a bucket that is away, or not there, is told before a client is started', async () => {
  await using fake = await fakeJuicefs();
  await fake.tell('made');
  const { client } = fake.bucket;
  const away = new HoldfastError('HF_CLOUD_UNAVAILABLE', { kind: 'unavailable', message: 'The bucket is away' });
  const attach = (calls: Partial<typeof client>) =>
    attachVolume({ ...fake.setup, buckets: () => ({ ...client, ...calls }) }, sessionsOf(fake), { signal: AbortSignal.timeout(10_000) });
  const error = await assertRejects(attach({ read: () => Promise.reject(away) }), { code: 'HF_CLOUD_UNAVAILABLE' });
  expect(error).toMatchObject({ message: 'The bucket is away', retry: 'spent' });
  await assertRejects(attach({ exists: async () => false }), { code: 'HF_STORAGE_MISSING' });
  expect(await fake.mounting()).toEqual([]);
  expect(await sessionsOf(fake).list()).toEqual([]);
});

test('a volume that is being removed is not attached', async () => {
  await using fake = await fakeJuicefs();
  await fake.tell('made');
  fake.bucket.objects.set('.holdfast/snapshots.json', JSON.stringify({ version: 1, volume: 'snapshots', uuid: 'made', destroying: true }));
  const signal = AbortSignal.timeout(5000);
  const error = await assertRejects(attachVolume(fake.setup, sessionsOf(fake), { signal }), { code: 'HF_STORAGE_IN_USE' });
  expect(error.message).toContain('is being removed');
  expect(await fake.mounting()).toEqual([]);
  expect(await sessionsOf(fake).list()).toEqual([]);
});

test('who gives up an attach that was to stay leaves nothing that stays, and what stayed before still does', async () => {
  await using fake = await fakeJuicefs();
  const sessions = sessionsOf(fake);
  const giveUp = (): void => {
    throw new Error('given up');
  };
  await expect(stayLasting(sessions, giveUp)).rejects.toThrow('given up');
  expect(await sessions.isLasting()).toBe(false);
  await stayLasting(sessions, () => {});
  await expect(stayLasting(sessions, giveUp)).rejects.toThrow('given up');
  expect(await sessions.isLasting()).toBe(true);
  await sessions.setLasting(false);
});
