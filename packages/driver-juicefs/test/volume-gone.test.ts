import { expect, test } from 'vitest';
import { madeVolumeKey } from '../src/made-volume.js';
import { isVolumeGone } from '../src/volume-gone.js';
import { aConfig } from './support/a-config.js';
import { fakeBucket } from './support/fake-bucket.js';

test('a volume is gone where its bucket has neither its objects nor its note', async () => {
  const { client, objects } = fakeBucket();
  const setup = { config: aConfig(), sources: { environment: {} }, buckets: () => client };
  objects.set('another/juicefs_uuid', 'u');
  expect(await isVolumeGone(setup, {})).toBe(true);
  objects.set(madeVolumeKey('snapshots'), '{}');
  expect(await isVolumeGone(setup, {})).toBe(false);
  objects.delete(madeVolumeKey('snapshots'));
  objects.set('snapshots/chunks/0/0/1_0_4', 'bytes');
  expect(await isVolumeGone(setup, {})).toBe(false);
  const none = { ...client, exists: async () => false };
  expect(await isVolumeGone({ ...setup, buckets: () => none }, {})).toBe(true);
});
