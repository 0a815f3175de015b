import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { resourceState } from '@holdfast/core/provision';
import { assertRejects } from '@holdfast/testkit/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bucketTag, ensureBucket, isMadeBucket, removeBucket } from '../src/bucket.js';
import { aConfig } from './support/a-config.js';
import { fakeBucket } from './support/fake-bucket.js';

let stateDirectory: string;
beforeEach(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'hf-bucket-'));
});
afterEach(async () => rm(stateDirectory, { recursive: true, force: true }));

test("a bucket that could not be made is not ours when an admin makes it later, and keeps that one's tags", async () => {
  const { client, tags } = fakeBucket();
  const config = aConfig({ stateDirectory });
  const denied = new HoldfastError('HF_CLOUD_DENIED', { kind: 'permission', message: 'no' });
  const refusing = { ...client, exists: async () => false, create: () => Promise.reject(denied) };
  await assertRejects(ensureBucket(config, refusing, {}), { code: 'HF_CLOUD_DENIED' });
  const forbidden = aConfig({ stateDirectory, bucket: { create: false } });
  await assertRejects(ensureBucket(forbidden, { ...client, exists: async () => false }, {}), { code: 'HF_STORAGE_MISSING' });
  tags.set('team', 'a');
  expect(await ensureBucket(config, client, {})).toBe('adopted');
  expect([...tags]).toEqual([['team', 'a']]);
});

test('one that a kill left without its tag is finished, and keeps the tags that it has', async () => {
  const { client, tags } = fakeBucket();
  const config = aConfig({ stateDirectory });
  await resourceState(config.stateDirectory).write('bucket', { kind: 's3-bucket', name: config.bucket.name, status: 'intended' });
  tags.set('team', 'a');
  await ensureBucket(config, client, {});
  expect(Object.fromEntries(tags)).toEqual({ team: 'a', [bucketTag]: 'snapshots' });
});

test("a note about a bucket that the configuration named before makes another one that is there not Holdfast's", async () => {
  const { client, tags } = fakeBucket();
  const config = aConfig({ stateDirectory });
  await resourceState(config.stateDirectory).write('bucket', { kind: 's3-bucket', name: 'acme-snapshotz', status: 'intended' });
  tags.set('team', 'a');
  expect(await isMadeBucket(config, client, {})).toBe(false);
  expect(await ensureBucket(config, { ...client, secure: () => Promise.reject(new Error('changed')) }, {})).toBe('adopted');
  expect([...tags]).toEqual([['team', 'a']]);
});

test('a bucket that Holdfast made goes with its volume; one that holds something else is left, without an error', async () => {
  const { client, tags, objects } = fakeBucket();
  const config = aConfig({ stateDirectory });
  tags.set(bucketTag, 'snapshots');
  let removals = 0;
  const counting = { ...client, remove: async () => void (removals += 1) };
  objects.set('of another', 'kept');
  await removeBucket(config, counting, {});
  expect([removals, ...objects.keys()]).toEqual([0, 'of another']);
  objects.clear();
  await removeBucket(config, counting, {});
  expect(removals).toBe(1);
});

test('a bucket that Holdfast did not make is left where it is empty, too', async () => {
  const { client, tags } = fakeBucket();
  const bucket = { ...client, remove: () => Promise.reject(new Error('removed')) };
  await removeBucket(aConfig({ stateDirectory }), bucket, {});
  tags.set(bucketTag, 'of another volume');
  await removeBucket(aConfig({ stateDirectory }), bucket, {});
});

test('a bucket that was made is private and encrypted before its tag calls it complete', async () => {
  const { client, tags } = fakeBucket();
  const done: string[] = [];
  const noting = { ...client, exists: async () => false, create: async () => 'created' as const };
  const bucket = {
    ...noting,
    secure: async () => void done.push(`secured, with ${tags.size} tags`),
    tag: async (set: Readonly<Record<string, string>>) => {
      done.push('tagged');
      await client.tag(set);
    },
  };
  expect(await ensureBucket(aConfig({ stateDirectory }), bucket, {})).toBe('made');
  expect(done).toEqual(['secured, with 0 tags', 'tagged']);
});
