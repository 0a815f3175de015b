import { setTimeout as sleep } from 'node:timers/promises';
import { type CallOptions, HoldfastError } from '@holdfast/core';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test, vi } from 'vitest';
import { lockKey, withFormatLock } from '../src/format-lock.js';
import { fakeBucket } from './support/fake-bucket.js';

test('of many at once one is inside at a time, and the lock is gone after', async () => {
  const { client, objects } = fakeBucket();
  let inside = 0;
  let most = 0;
  const task = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 3 }, () => withFormatLock(client, 'snapshots', {}, task)));
  expect(most).toBe(1);
  expect(objects.size).toBe(0);
});

test('the lock of one who is gone is taken over once its time is up, by one alone; another who lives keeps it', async () => {
  const { client } = fakeBucket();
  await client.write(lockKey('snapshots'), JSON.stringify({ holder: 'gone', expiresAt: Date.now() - 1 }));
  expect(await withFormatLock(client, 'snapshots', {}, async () => 'in')).toBe('in');
  await client.write(lockKey('snapshots'), JSON.stringify({ holder: 'other', expiresAt: Date.now() + 60_000 }));
  const signal = AbortSignal.timeout(50);
  await expect(withFormatLock(client, 'snapshots', { signal }, async () => 'in')).rejects.toMatchObject({ kind: 'aborted' });
  expect((await client.read(lockKey('snapshots')))?.text).toContain('other');
});

test('what fails inside leaves no lock', async () => {
  const { client, objects } = fakeBucket();
  await expect(withFormatLock(client, 'snapshots', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(objects.size).toBe(0);
});

test('a right to remove objects that is missing is told after the task, and hides no failure of it', async () => {
  const { client } = fakeBucket();
  const denied = new HoldfastError('HF_CLOUD_DENIED', { kind: 'permission', message: 'removing is not allowed' });
  const bucket = { ...client, removeObjects: () => Promise.reject(denied) };
  await expect(withFormatLock(bucket, 'one', {}, async () => 'in')).rejects.toBe(denied);
  await expect(withFormatLock(bucket, 'two', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('it is renewed as long as its task runs', async () => {
  const { client } = fakeBucket();
  const seen = async (): Promise<string | undefined> => (await client.read(lockKey('snapshots')))?.text;
  const task = async (): Promise<void> => {
    const first = await seen();
    while ((await seen()) === first) await sleep(1);
    expect(await seen()).toContain('expiresAt');
  };
  await withFormatLock(client, 'snapshots', {}, task, 2);
  expect(await seen()).toBeUndefined();
});

test('one that another took meanwhile ends the task by its signal, and is left to the other', async () => {
  const { client, objects } = fakeBucket();
  const task = async ({ signal }: CallOptions): Promise<void> => {
    objects.set(lockKey('snapshots'), JSON.stringify({ holder: 'other', expiresAt: Date.now() + 60_000 }));
    await sleep(60_000, undefined, { signal });
  };
  await assertRejects(withFormatLock(client, 'snapshots', {}, task, 2), { code: 'HF_PROVISION_CONFLICT' });
  expect(objects.get(lockKey('snapshots'))).toContain('other');
});

test('the lock of a process of this machine that is gone is taken over at once, and of one that lives it is told who has it', async () => {
  const { client, objects } = fakeBucket();
  let mine = '';
  await withFormatLock(client, 'snapshots', {}, async () => void (mine = objects.get(lockKey('snapshots')) ?? ''));
  const dead = mine.replace(/"startTicks":\d+/u, '"startTicks":1');
  objects.set(lockKey('snapshots'), dead);
  const told: string[] = [];
  const onWait = (message: string): void => void told.push(message);
  expect(await withFormatLock(client, 'snapshots', { onWait }, async () => 'in')).toBe('in');
  expect(told).toEqual([]);
  for (const living of [
    mine,
    dead.replace(/"pidNamespace":"[^"]*"/u, '"pidNamespace":"pid:[1]"'),
    dead.replace(/"bootId":"[^"]*"/u, '"bootId":"a"'),
  ]) {
    objects.set(lockKey('snapshots'), living);
    const signal = AbortSignal.timeout(700);
    await assertRejects(
      withFormatLock(client, 'snapshots', { signal, onWait }, async () => 'in'),
      { code: 'HF_ABORTED' },
    );
  }
  expect(told).toHaveLength(3);
  expect(told[0]).toMatch(new RegExp(`process ${process.pid} on .*: for \\d+ s if it is gone`, 'u'));
});

test('who meets its own write, whose answer was lost, has the lock', async () => {
  const { client, objects } = fakeBucket();
  let writes = 0;
  const bucket = { ...client, write: async (...args: Parameters<typeof client.write>) => (await client.write(...args)) && (writes += 1) > 1 };
  const told: string[] = [];
  const options = { signal: AbortSignal.timeout(2000), onWait: (message: string) => void told.push(message) };
  expect(await withFormatLock(bucket, 'snapshots', options, async () => 'in')).toBe('in');
  expect(told).toEqual([]);
  expect(objects.size).toBe(0);
});

test('who gives up while it takes the lock leaves none that came there', async () => {
  const { client, objects } = fakeBucket();
  const gaveUp = new HoldfastError('HF_ABORTED', { kind: 'aborted', message: 'given up' });
  const bucket = { ...client, write: async (...args: Parameters<typeof client.write>) => Promise.reject((await client.write(...args)) && gaveUp) };
  await expect(withFormatLock(bucket, 'snapshots', {}, async () => 'in')).rejects.toBe(gaveUp);
  expect(objects.size).toBe(0);
});

test('a lock that cannot be renewed ends the task before its time is up, and a failure that passes does not', async () => {
  const { client } = fakeBucket();
  let failures = 0;
  const away = (): Promise<never> => {
    failures += 1;
    return Promise.reject(new HoldfastError('HF_CLOUD_UNAVAILABLE', { kind: 'unavailable', message: 'away' }));
  };
  let isAway = false;
  const bucket = { ...client, read: (key: string) => (isAway ? away() : client.read(key)) };
  const task = async ({ signal }: CallOptions): Promise<void> => {
    isAway = true;
    await vi.waitUntil(() => failures >= 3, { timeout: 30_000 });
    expect(signal?.aborted).toBe(false);
    const now = Date.now() + 89_999;
    vi.spyOn(Date, 'now').mockReturnValue(now);
    await sleep(5000, undefined, { signal });
  };
  try {
    await assertRejects(withFormatLock(bucket, 'snapshots', {}, task, 2), { code: 'HF_PROVISION_CONFLICT' });
  } finally {
    vi.restoreAllMocks();
  }
});
