import { HoldfastError, layerDriver } from '@holdfast/core';
import { expect, test } from 'vitest';
import { scriptedDriver } from './scripted-driver.js';

test('the driver’s detach runs once, whoever asks and how often', async () => {
  let calls = 0;
  const layered = layerDriver(
    scriptedDriver(
      {},
      {
        detach: async () => {
          calls += 1;
        },
      },
    ),
  );
  const attached = await layered.attach();
  await Promise.all([attached.detach(), attached.detach(), attached[Symbol.asyncDispose]()]);
  await attached.detach();
  expect(calls).toBe(1);
});

test('no call reaches the driver after detach', async () => {
  let flushed = false;
  const driver = scriptedDriver(
    {},
    {
      flush: async () => {
        flushed = true;
      },
    },
  );
  const attached = await layerDriver(driver).attach();
  await attached.detach();
  await expect(attached.flush()).rejects.toMatchObject({ code: 'HF_NOT_ATTACHED', operation: 'storage.flush' });
  await expect(attached.health()).rejects.toMatchObject({ code: 'HF_NOT_ATTACHED' });
  expect(flushed).toBe(false);
});

test('a detach that failed can be repeated', async () => {
  let calls = 0;
  const driver = scriptedDriver(
    {},
    {
      detach: async () => {
        calls += 1;
        if (calls === 1) throw new HoldfastError('HF_STORAGE_IO', { kind: 'unavailable', retry: 'no', message: 'bytes are left' });
      },
    },
  );
  const attached = await layerDriver(driver).attach();
  await expect(attached.detach()).rejects.toMatchObject({ message: 'bytes are left' });
  await attached.usage();
  await attached.detach();
  await attached.detach();
  expect(calls).toBe(2);
});

test('each attachment is guarded by itself', async () => {
  const layered = layerDriver(scriptedDriver());
  const first = await layered.attach();
  const second = await layered.attach();
  await first.detach();
  expect((await second.health()).ok).toBe(true);
});
