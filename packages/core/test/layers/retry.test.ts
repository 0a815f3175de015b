import { defaultRetryPolicy, HoldfastError, layerDriver } from '@holdfast/core';
import { expect, test } from 'vitest';
import { withRetry } from '../../src/layers/retry.js';
import { scriptedDriver } from './scripted-driver.js';

const retry = { retries: 2, minDelayMs: 1 };
const busy = () => new HoldfastError('HF_STORAGE_IO', { kind: 'unavailable', message: 'busy' });

test('what may succeed later is tried again', async () => {
  let calls = 0;
  const driver = scriptedDriver({
    destroy: async () => {
      calls += 1;
      if (calls < 3) throw busy();
    },
  });
  await layerDriver(driver, { retry }).destroy();
  expect(calls).toBe(3);
});

test('the last error says that retries are spent', async () => {
  let calls = 0;
  const driver = scriptedDriver({
    inspect: () => {
      calls += 1;
      return Promise.reject(busy());
    },
  });
  await expect(layerDriver(driver, { retry }).inspect()).rejects.toMatchObject({ code: 'HF_STORAGE_IO', retry: 'spent', message: 'busy' });
  expect(calls).toBe(3);
});

test.each([
  ['no', new HoldfastError('HF_STORAGE_FULL', { kind: 'no-space', message: 'full' })],
  ['spent', new HoldfastError('HF_STORAGE_IO', { kind: 'unavailable', retry: 'spent', message: 'busy' })],
])('an error with the advice %s is given at once', async (advice, error) => {
  let calls = 0;
  const driver = scriptedDriver({
    attach: () => {
      calls += 1;
      return Promise.reject(error);
    },
  });
  await expect(layerDriver(driver, { retry }).attach()).rejects.toMatchObject({ code: error.code, retry: advice });
  expect(calls).toBe(1);
});

test('a foreign error is not retried and leaves as unexpected, with its cause and where it came from', async () => {
  let calls = 0;
  const cause = new TypeError('x is not a function');
  const driver = scriptedDriver({
    plan: () => {
      calls += 1;
      return Promise.reject(cause);
    },
  });
  const rejection = expect(layerDriver(driver, { retry }).plan()).rejects;
  await rejection.toMatchObject({ code: 'HF_UNEXPECTED', kind: 'unexpected', cause, operation: 'storage.plan', context: { storage: 'scripted:/x' } });
  expect(calls).toBe(1);
});

test('an abort ends the wait between two tries', async () => {
  const controller = new AbortController();
  const driver = scriptedDriver({
    inspect: () => {
      setTimeout(() => controller.abort(), 5);
      return Promise.reject(busy());
    },
  });
  const layered = layerDriver(driver, { retry: { retries: 5, minDelayMs: 60_000, maxDelayMs: 60_000 } });
  await expect(layered.inspect({ signal: controller.signal })).rejects.toMatchObject({ kind: 'aborted' });
});

test('what succeeded is handed out, however late the abort came', async () => {
  const controller = new AbortController();
  const plain = scriptedDriver();
  const driver = {
    ...plain,
    attach: async () => {
      controller.abort();
      return plain.attach();
    },
  };
  // The layer alone: within the others a call is given up at the abort, and its attachment let go.
  const attached = await withRetry(driver, defaultRetryPolicy).attach({ signal: controller.signal });
  expect(attached.root).toBe('/x');
});
