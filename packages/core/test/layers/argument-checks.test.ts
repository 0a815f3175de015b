import { layerDriver, type StorageDriver } from '@holdfast/core';
import { expect, test } from 'vitest';
import { scriptedDriver } from './scripted-driver.js';

test('an aborted call does not reach the driver', async () => {
  let reached = false;
  const driver = scriptedDriver({
    provision: async () => {
      reached = true;
      return { state: 'ready', reason: undefined, resources: [] };
    },
  });
  await expect(layerDriver(driver).provision({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    kind: 'aborted',
    operation: 'storage.provision',
  });
  expect(reached).toBe(false);
});

test.each<[keyof StorageDriver, object, string]>([
  ['destroy', { force: 1 }, 'force'],
  ['provision', { onProgress: 'console' }, 'onProgress'],
  ['attach', { lasting: 'yes' }, 'lasting'],
  ['inspect', { signal: {} }, 'signal'],
])('%s refuses %j', async (operation, options, name) => {
  const layered = layerDriver(scriptedDriver());
  const call: unknown = Reflect.apply(layered[operation] as () => unknown, layered, [options]);
  await expect(call).rejects.toMatchObject({ code: 'HF_USAGE', kind: 'invalid-argument' });
  await expect(call).rejects.toThrow(`'${name}'`);
});

test('what the driver declares not to do is refused before it is asked', async () => {
  const capabilities = { provision: false, destroy: false, bootFragment: false, multiAttach: false, lastingAttach: false, usage: false };
  const layered = layerDriver(scriptedDriver({ capabilities }));
  await expect(layered.provision()).rejects.toMatchObject({ code: 'HF_UNSUPPORTED', kind: 'unsupported' });
  await expect(layered.destroy()).rejects.toMatchObject({ code: 'HF_UNSUPPORTED' });
  await expect(layered.detachLasting()).rejects.toMatchObject({ code: 'HF_UNSUPPORTED' });
  await expect(layered.attach({ lasting: true })).rejects.toMatchObject({ code: 'HF_UNSUPPORTED' });
  await (await layered.attach({ lasting: false })).detach();
  expect(() => layered.bootFragment()).toThrow(expect.objectContaining({ code: 'HF_UNSUPPORTED' }));
});
