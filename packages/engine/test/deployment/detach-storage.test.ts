import { type AttachedStorage, HoldfastError, type StorageDriver, type StorageHealth } from '@holdfast/core';
import { expect, test } from 'vitest';
import { detachStorage } from '../../src/deployment/detach-storage.js';

function storage(answers: readonly (StorageHealth | undefined)[], detached: Promise<void> = new Promise(() => {})) {
  const asked: (StorageHealth | undefined)[] = [];
  const enough = Promise.withResolvers<void>();
  const driver = {
    name: 'fake:x',
    status: () => {
      const health = answers[asked.length] ?? answers.at(-1);
      asked.push(health);
      if (asked.length === answers.length) enough.resolve();
      return Promise.resolve({ root: '/x', lasting: false, sessions: [], health, usage: undefined });
    },
  } satisfies Partial<StorageDriver>;
  const attached = {
    detach: (options) =>
      new Promise((resolve, reject) => {
        const aborted = new HoldfastError('HF_ABORTED', { kind: 'aborted', message: 'aborted' });
        options?.signal?.addEventListener('abort', () => reject(aborted));
        detached.then(resolve, reject);
      }),
  } satisfies Partial<AttachedStorage>;
  return { asked, enough: enough.promise, driver: driver as never as StorageDriver, attached: attached as never as AttachedStorage };
}

const good: StorageHealth = { ok: true, latencyMs: 1, reason: undefined };
const hung: StorageHealth = { ok: false, latencyMs: 3000, reason: 'the mount does not answer' };

test('storage that does not answer is left, with the reason', async () => {
  const { driver, attached } = storage([hung]);
  await expect(detachStorage(attached, driver, 1)).rejects.toMatchObject({
    code: 'HF_STORAGE_TIMEOUT',
    message: 'fake:x was left attached: the mount does not answer',
  });
});

test('while it answers it is waited for, however long', async () => {
  const flushed = Promise.withResolvers<void>();
  const { driver, attached, asked, enough } = storage([good, good, good], flushed.promise);
  const detaching = detachStorage(attached, driver, 1);
  await enough;
  flushed.resolve();
  await detaching;
  expect(asked.length).toBeGreaterThanOrEqual(3);
});

test('a detach that is quick asks nobody', async () => {
  const { driver, attached, asked } = storage([hung], Promise.resolve());
  await detachStorage(attached, driver, 60_000);
  expect(asked).toEqual([]);
});

test('a detach that fails says why', async () => {
  const { driver, attached } = storage([good], Promise.reject(new HoldfastError('HF_STORAGE_IO', { kind: 'unavailable', message: '4KiB are left' })));
  await expect(detachStorage(attached, driver)).rejects.toMatchObject({ message: '4KiB are left' });
});

test('a detach that fails while the storage has trouble says which', async () => {
  const busy = new HoldfastError('HF_STORAGE_IN_USE', { kind: 'conflict', message: 'target is busy' });
  const { driver, attached } = storage([good], Promise.reject(busy));
  const trouble = new HoldfastError('HF_CLOUD_UNAVAILABLE', { kind: 'unavailable', message: 'the bucket does not answer' });
  const watching = (told: HoldfastError | undefined): AttachedStorage => ({ ...attached, watchTrouble: async () => async () => told });
  await expect(detachStorage(watching(trouble), driver)).rejects.toMatchObject({
    code: 'HF_STORAGE_TIMEOUT',
    message: 'fake:x was left attached: the bucket does not answer',
    cause: busy,
  });
  await expect(detachStorage(watching(undefined), driver)).rejects.toBe(busy);
});

test('storage that does not answer is left with what is behind it', async () => {
  const { driver, attached } = storage([hung]);
  const trouble = new HoldfastError('HF_CLOUD_DENIED', { kind: 'permission', message: 'the bucket refuses' });
  await expect(detachStorage({ ...attached, watchTrouble: async () => async () => trouble }, driver, 1)).rejects.toMatchObject({
    message: 'fake:x was left attached: the bucket refuses',
  });
});
