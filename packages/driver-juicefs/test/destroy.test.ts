import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { lockKey } from '../src/format-lock.js';
import { destroyVolume } from '../src/destroy.js';
import { provisionVolume } from '../src/provision.js';
import { fakeJuicefs } from './support/fake-juicefs.js';

test('an engine that does not know the volume removes no object of it, by force neither', async () => {
  await using fake = await fakeJuicefs();
  await provisionVolume(fake.setup);
  fake.bucket.objects.set('snapshots/chunks/0/0/1_0_4', 'kept');
  await fake.tell(undefined);
  for (const force of [false, true]) {
    const error = await assertRejects(destroyVolume(fake.setup, { force }), { code: 'HF_STORAGE_NOT_EMPTY', kind: 'conflict' });
    expect(error.message).toContain("'snapshots/chunks/0/0/1_0_4'");
    expect(error.hint).toContain("'metadata.url'");
  }
  expect(fake.bucket.objects.has('snapshots/chunks/0/0/1_0_4')).toBe(true);
  expect(fake.bucket.objects.has('.holdfast/snapshots.json')).toBe(true);
});

test('what a destroy that was ended in the middle left is cleared by the next', async () => {
  await using fake = await fakeJuicefs();
  await provisionVolume(fake.setup);
  fake.bucket.objects.set('snapshots/chunks/0/0/1_0_4', 'gone');
  await fake.after('exit 1');
  await assertRejects(destroyVolume(fake.setup, { force: true }), { code: 'HF_UNEXPECTED' });
  expect(fake.bucket.objects.size).toBeGreaterThan(0);
  await destroyVolume(fake.setup);
  expect([...fake.bucket.objects.keys()]).toEqual([]);
});

test('a format that left its mark alone is cleared', async () => {
  await using fake = await fakeJuicefs();
  fake.bucket.objects.set('.holdfast/snapshots.json', JSON.stringify({ version: 1, volume: 'snapshots', uuid: '' }));
  fake.bucket.objects.set('snapshots/juicefs_uuid', 'a');
  await destroyVolume(fake.setup);
  expect([...fake.bucket.objects.keys()]).toEqual([]);
});

test('nothing is removed while another machine makes or removes the volume, and its lock stays', async () => {
  await using fake = await fakeJuicefs();
  await provisionVolume(fake.setup);
  fake.bucket.objects.set(lockKey('snapshots'), JSON.stringify({ holder: 'other', expiresAt: Date.now() + 60_000 }));
  await assertRejects(destroyVolume(fake.setup, { signal: AbortSignal.timeout(100) }), { code: 'HF_ABORTED' });
  expect(await fake.calls()).not.toContainEqual(expect.stringMatching(/^destroy /u));
  expect(fake.bucket.objects.get(lockKey('snapshots'))).toContain('other');
});

const session = (agoMs: number) => ({ HostName: 'node1', MountPoint: '/mnt', Expire: new Date(Date.now() - agoMs).toISOString() });

test('a client that was lost does not stand in the way for ever; one that may live does', async () => {
  await using fake = await fakeJuicefs();
  await provisionVolume(fake.setup);
  await fake.tell('made', { sessions: [session(3_600_000), session(-30_000)] });
  const error = await assertRejects(destroyVolume(fake.setup), { code: 'HF_STORAGE_IN_USE' });
  expect(error.message.match(/node1/gu)).toHaveLength(1);
  await fake.tell('made', { sessions: [session(30_000)] });
  await assertRejects(destroyVolume(fake.setup), { code: 'HF_STORAGE_IN_USE' });
  await fake.tell('made', { sessions: [{ HostName: 'of an older client' }] });
  await assertRejects(destroyVolume(fake.setup), { code: 'HF_STORAGE_IN_USE' });
  await fake.tell('made', { sessions: [session(3_600_000)] });
  await destroyVolume(fake.setup);
  expect(fake.bucket.objects.size).toBe(0);
});

test.each([
  ['a mistyped bucket', { Bucket: 'https://acme-snapshotz.s3.eu-west-1.amazonaws.com' }, "'bucket'"],
  ['a mistyped name', { Name: 'snapshotz' }, "'name'"],
])('%s is told as such, and nothing follows about who made the volume', async (_, setting, words) => {
  await using fake = await fakeJuicefs();
  await fake.tell('made', { setting });
  for (const exists of [true, false]) {
    const setup = { ...fake.setup, buckets: () => ({ ...fake.bucket.client, exists: async () => exists }) };
    const error = await assertRejects(destroyVolume(setup, { force: true }), { code: 'HF_PROVISION_CONFLICT' });
    expect(error.message).toContain(words);
    expect(error.hint).not.toContain('juicefs');
  }
});

test('a bucket that is gone is told', async () => {
  await using fake = await fakeJuicefs();
  await fake.tell('made');
  const setup = { ...fake.setup, buckets: () => ({ ...fake.bucket.client, exists: async () => false }) };
  await assertRejects(destroyVolume(setup, { force: true }), { code: 'HF_STORAGE_MISSING' });
});

test.each([
  ['files', { Stat: { UsedInodes: 1 } }, []],
  ['objects alone', {}, ['snapshots/chunks/0/0/1_0_4']],
])('a volume that holds %s is removed by force alone', async (_, whole, keys) => {
  await using fake = await fakeJuicefs();
  await provisionVolume(fake.setup);
  await fake.tell('made', { whole });
  for (const key of keys) fake.bucket.objects.set(key, 'kept');
  await assertRejects(destroyVolume(fake.setup), { code: 'HF_STORAGE_NOT_EMPTY' });
  expect(await fake.calls()).not.toContainEqual(expect.stringMatching(/^destroy /u));
  await destroyVolume(fake.setup, { force: true });
  expect(fake.bucket.objects.size).toBe(0);
});

test('marks of a format that somebody else left are not removed', async () => {
  await using fake = await fakeJuicefs();
  fake.bucket.objects.set('snapshots/juicefs_uuid', 'a');
  await destroyVolume(fake.setup, { force: true });
  expect([...fake.bucket.objects.keys()]).toEqual(['snapshots/juicefs_uuid']);
});

test('a volume that came to be while the lock was waited for is looked at as the one before', async () => {
  await using fake = await fakeJuicefs();
  const { client } = fake.bucket;
  const exists = async (): Promise<boolean> => {
    await fake.tell('made', { setting: { Name: 'another' } });
    return true;
  };
  await assertRejects(destroyVolume({ ...fake.setup, buckets: () => ({ ...client, exists }) }, { force: true }), { code: 'HF_PROVISION_CONFLICT' });
});

test('the cache of the volume on this machine goes with it, and its log; of another volume nothing does', async () => {
  await using fake = await fakeJuicefs();
  await provisionVolume(fake.setup);
  const { config } = fake.setup;
  const folder = dirname(config.mount.path);
  const [uuid, other] = ['6f9619ff-8b86-4d01-b42d-00cf4fc964ff', '6f9619ff-8b86-4d01-b42d-00cf4fc964fe'];
  for (const each of [uuid, other]) await mkdir(join(folder, 'cache', each, 'raw'), { recursive: true });
  await writeFile(config.mount.logFile, 'said');
  const setup = { ...fake.setup, config: { ...config, mount: { ...config.mount, cacheDirectories: [join(folder, 'cache')] } } };
  await fake.tell(uuid);
  fake.bucket.objects.set('.holdfast/snapshots.json', JSON.stringify({ version: 1, volume: 'snapshots', uuid }));
  await destroyVolume(setup);
  expect(await readdir(join(folder, 'cache'))).toEqual([other]);
  expect(await readdir(folder)).not.toContain('log');
});
