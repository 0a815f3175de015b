import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { destroyVolume } from '../src/destroy.js';
import { provisionVolume } from '../src/provision.js';
import { fakeJuicefs } from './support/fake-juicefs.js';

const noteKey = '.holdfast/snapshots.json';
const noted = { version: 1, volume: 'snapshots', uuid: 'made' };

test('a kill between the format and its note leaves a volume that the next provision completes, and that can be destroyed', async () => {
  await using fake = await fakeJuicefs();
  await fake.after('exit 137');
  await assertRejects(provisionVolume(fake.setup), { code: 'HF_UNEXPECTED' });
  await provisionVolume(fake.setup);
  expect(JSON.parse(fake.bucket.objects.get(noteKey) ?? '')).toEqual(noted);
  await fake.after('');
  await destroyVolume(fake.setup);
  expect(await fake.calls()).toContainEqual(expect.stringMatching(/^destroy /u));
});

test('a volume that was there before is not called made by provision', async () => {
  await using fake = await fakeJuicefs();
  await fake.tell('older');
  await provisionVolume(fake.setup);
  expect(fake.bucket.objects.has(noteKey)).toBe(false);
  await assertRejects(destroyVolume(fake.setup, { force: true }), { code: 'HF_STORAGE_NOT_EMPTY' });
});

test('a removal that was begun and given up ends with the next provision', async () => {
  await using fake = await fakeJuicefs();
  await fake.tell('made');
  fake.bucket.objects.set(noteKey, JSON.stringify({ ...noted, destroying: true }));
  await provisionVolume(fake.setup);
  expect(JSON.parse(fake.bucket.objects.get(noteKey) ?? '')).toEqual(noted);
});

test('such a volume can be destroyed at once, too', async () => {
  await using fake = await fakeJuicefs();
  await fake.after('exit 137');
  await assertRejects(provisionVolume(fake.setup), { code: 'HF_UNEXPECTED' });
  await fake.after('');
  await destroyVolume(fake.setup);
  expect([...fake.bucket.objects.keys()]).toEqual([]);
});
