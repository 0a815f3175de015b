import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';
import { destroyVolume } from '../src/destroy.js';
import { lockKey } from '../src/format-lock.js';
import { planVolume } from '../src/inspect.js';
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

test('what a format that was killed left is cleared by the next provision; the same of somebody else is refused', async () => {
  await using fake = await fakeJuicefs();
  const marks = ['snapshots/juicefs_uuid', 'snapshots/testing/a', 'snapshots/testing/b'];
  for (const key of marks) fake.bucket.objects.set(key, '');
  await assertRejects(provisionVolume(fake.setup), { code: 'HF_PROVISION_CONFLICT' });
  fake.bucket.objects.set(noteKey, JSON.stringify({ ...noted, uuid: '', pending: true }));
  await provisionVolume(fake.setup);
  expect(marks.filter((key) => fake.bucket.objects.has(key))).toEqual([]);
  await fake.tell(undefined);
  fake.bucket.objects.set(noteKey, JSON.stringify({ ...noted, uuid: '', pending: true }));
  fake.bucket.objects.set('snapshots/meta/x', '');
  await assertRejects(provisionVolume(fake.setup), { code: 'HF_PROVISION_CONFLICT' });
});

test('an adopted volume is not changed: what is set otherwise is named, by plan and by provision', async () => {
  await using fake = await fakeJuicefs();
  await fake.tell('older');
  const format = { ...fake.setup.config.format, trashDays: 7, capacityBytes: 1024 ** 3 };
  const setup = { ...fake.setup, config: { ...fake.setup.config, format } };
  for (const run of [provisionVolume, planVolume]) {
    const error = await assertRejects(run(setup), { code: 'HF_PROVISION_CONFLICT' });
    expect(error.message).toContain("'format.trashDays' is 0 in the volume and 7 in the configuration");
    expect(error.message).toContain("'format.capacity' is no limit in the volume and 1 GiB in the configuration");
  }
  expect((await fake.calls()).filter((call) => call.startsWith('config'))).toEqual([]);
  fake.bucket.objects.set(noteKey, JSON.stringify({ ...noted, uuid: 'older' }));
  await provisionVolume(setup);
  expect(await fake.calls()).toContainEqual(expect.stringContaining('config --yes --trash-days=7 --capacity=1'));
});

test('a removal that was begun and given up ends with the next provision', async () => {
  await using fake = await fakeJuicefs();
  await fake.tell('made');
  fake.bucket.objects.set(noteKey, JSON.stringify({ ...noted, destroying: true }));
  await provisionVolume(fake.setup);
  expect(JSON.parse(fake.bucket.objects.get(noteKey) ?? '')).toEqual(noted);
});

test('a removal that another machine is in the middle of is waited for', async () => {
  await using fake = await fakeJuicefs();
  await fake.tell('made');
  const removing = JSON.stringify({ ...noted, destroying: true });
  fake.bucket.objects.set(noteKey, removing);
  fake.bucket.objects.set(lockKey('snapshots'), JSON.stringify({ holder: 'node1 7 a', expiresAt: Date.now() + 60_000 }));
  const onProgress = ({ step }: { readonly step: string }): void => void (step === 'lock' && stop.abort());
  const stop = new AbortController();
  await assertRejects(provisionVolume(fake.setup, { signal: AbortSignal.any([stop.signal, AbortSignal.timeout(5000)]), onProgress }), {
    code: 'HF_ABORTED',
  });
  expect(fake.bucket.objects.get(noteKey)).toBe(removing);
});

test('the note about another volume of this name stays as it is', async () => {
  await using fake = await fakeJuicefs();
  await fake.tell('older');
  const removing = JSON.stringify({ ...noted, destroying: true });
  fake.bucket.objects.set(noteKey, removing);
  await provisionVolume(fake.setup);
  expect(fake.bucket.objects.get(noteKey)).toBe(removing);
  await assertRejects(destroyVolume(fake.setup, { force: true }), { code: 'HF_STORAGE_NOT_EMPTY' });
});

test('such a volume can be destroyed at once, too', async () => {
  await using fake = await fakeJuicefs();
  await fake.after('exit 137');
  await assertRejects(provisionVolume(fake.setup), { code: 'HF_UNEXPECTED' });
  await fake.after('');
  await destroyVolume(fake.setup);
  expect([...fake.bucket.objects.keys()]).toEqual([]);
});

test('a limit that is raised is planned and told as a change, from what to what', async () => {
  await using fake = await fakeJuicefs();
  await provisionVolume(fake.setup);
  const setup = { ...fake.setup, config: { ...fake.setup.config, format: { ...fake.setup.config.format, capacityBytes: 2 * 1024 ** 3 } } };
  const { resources, upToDate } = await planVolume(setup);
  expect(resources.at(-1)).toMatchObject({ kind: 'volume', action: 'change', detail: 'format.capacity from no limit to 2 GiB' });
  expect(upToDate).toBe(false);
  const told: string[] = [];
  await provisionVolume(setup, { onProgress: ({ message }) => told.push(message) });
  expect(told).toContain('Changed format.capacity from no limit to 2 GiB');
});

test('a bucket that has another address is told with what gives it to the volume', async () => {
  await using fake = await fakeJuicefs();
  await fake.tell('made', { setting: { Bucket: 'http://old.example.org:9000/acme-snapshots' } });
  const error = await assertRejects(provisionVolume(fake.setup), { code: 'HF_PROVISION_CONFLICT' });
  expect(error.hint).toContain('--bucket=https://acme-snapshots.s3.eu-west-1.amazonaws.com');
});

test('a program that is no JuiceFS is told as such', async () => {
  await using fake = await fakeJuicefs();
  const setup = { ...fake.setup, config: { ...fake.setup.config, program: '/bin/true' } };
  const error = await assertRejects(planVolume(setup), { code: 'HF_REQUIREMENT' });
  expect(error.message).toContain("'/bin/true' is not JuiceFS 1.4");
});
