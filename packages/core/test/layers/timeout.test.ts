import { setTimeout as sleep } from 'node:timers/promises';
import { layerDriver } from '@holdfast/core';
import { expect, test } from 'vitest';
import { scriptedDriver } from './scripted-driver.js';

const never = (): Promise<never> => new Promise(() => undefined);
const retry = { retries: 1, minDelayMs: 1 };

test('a call that hangs ends at its deadline, is told so, and is not waited for', async () => {
  const signals: AbortSignal[] = [];
  const driver = scriptedDriver({
    inspect: (options) => {
      if (options?.signal !== undefined) signals.push(options.signal);
      return never();
    },
  });
  const layered = layerDriver(driver, { timeoutsMs: { inspect: 20 }, retry });
  await expect(layered.inspect()).rejects.toMatchObject({ code: 'HF_STORAGE_TIMEOUT', kind: 'timeout', retry: 'spent' });
  expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
});

test('health that hangs is bad health', async () => {
  const layered = layerDriver(scriptedDriver({}, { health: never }), { timeoutsMs: { health: 20 }, retry });
  const { ok, reason, latencyMs } = await (await layered.attach()).health();
  expect({ ok, latencyMs }).toEqual({ ok: false, latencyMs: 20 });
  expect(reason).toContain('20ms');
});

test('an attachment that arrives after the deadline is detached', async () => {
  const arrive = Promise.withResolvers<void>();
  const detached = Promise.withResolvers<string>();
  const plain = scriptedDriver({}, { detach: async () => detached.resolve('detached') });
  const driver = {
    ...plain,
    attach: async () => {
      await arrive.promise;
      return plain.attach();
    },
  };
  const layered = layerDriver(driver, { timeoutsMs: { attach: 10 }, retry: { retries: 0 }, undoMs: 1 });
  await expect(layered.attach()).rejects.toMatchObject({ kind: 'timeout' });
  arrive.resolve();
  expect(await detached.promise).toBe('detached');
});

test('an abort ends a call that does not listen to it', async () => {
  const controller = new AbortController();
  const provisioning = layerDriver(scriptedDriver({ provision: never }), { undoMs: 1 }).provision({ signal: controller.signal });
  controller.abort();
  await expect(provisioning).rejects.toMatchObject({ code: 'HF_ABORTED', kind: 'aborted', operation: 'storage.provision' });
});

test('an aborted call that changes something ends only after it has undone what it began', async () => {
  const controller = new AbortController();
  const order: string[] = [];
  const driver = scriptedDriver({
    provision: async ({ signal } = {}) => {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      await sleep(20);
      order.push('undone');
      throw new Error('given up');
    },
  });
  const provisioning = layerDriver(driver).provision({ signal: controller.signal });
  const ended = provisioning.catch(() => order.push('ended'));
  controller.abort();
  await ended;
  await expect(provisioning).rejects.toMatchObject({ code: 'HF_ABORTED' });
  expect(order).toEqual(['undone', 'ended']);
});

test('an attachment that arrives after the abort is detached before the call ends', async () => {
  const controller = new AbortController();
  const order: string[] = [];
  const plain = scriptedDriver({}, { detach: async () => sleep(20).then(() => void order.push('detached')) });
  const attach: typeof plain.attach = async ({ signal } = {}) => {
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    return plain.attach();
  };
  const ended = layerDriver({ ...plain, attach })
    .attach({ signal: controller.signal })
    .catch(() => order.push('ended'));
  controller.abort();
  await ended;
  expect(order).toEqual(['detached', 'ended']);
});

test('options beside the signal reach the driver', async () => {
  const seen: unknown[] = [];
  const driver = scriptedDriver({
    destroy: async (options) => {
      seen.push(options?.force);
    },
    provision: async (options) => {
      options?.onProgress?.({ step: 's', message: 'm' });
      return { state: 'ready', reason: undefined, resources: [] };
    },
  });
  const layered = layerDriver(driver);
  await layered.destroy({ force: true });
  await layered.provision({ onProgress: ({ step }) => seen.push(step) });
  expect(seen).toEqual([true, 's']);
});
