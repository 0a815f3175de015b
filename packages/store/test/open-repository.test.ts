import { readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { repositoryFiles } from '@holdfast/testkit/faults';
import { expect, test } from 'vitest';
import { decodeSealedJson, encodeSealedJson } from '../src/codec/sealed-json.js';
import { saying, temporaryPlace } from './fixture.js';

const newest = { kind: 'newest' } as const;
const holder = { attempt: 'a', host: 'h', pid: 1 };

/** Writes `repository.json` with some members replaced, rightly sealed. */
async function reseal(root: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const path = join(root, 'repository.json');
  await writeFile(path, encodeSealedJson({ ...decodeSealedJson(await readFile(path)), ...changes }));
}

test('a repository is made only where that was asked for', async () => {
  await using place = await temporaryPlace();
  await expect(openRepository({ root: place.root })).rejects.toMatchObject({ code: 'HF_REPOSITORY_MISSING', kind: 'not-found' });
  const made = await openRepository({ root: place.root, create: true });
  expect((await openRepository({ root: place.root })).repositoryId).toBe(made.repositoryId);
});

test('of stores that make the same repository at once all get the same one', async () => {
  await using place = await temporaryPlace();
  const stores = await Promise.all(Array.from({ length: 8 }, () => openRepository({ root: place.root, create: true })));
  expect(new Set(stores.map(({ repositoryId }) => repositoryId)).size).toBe(1);
  expect((await repositoryFiles(place.root)).map(({ path }) => path)).toEqual(['repository.json']);
});

test('a repository that lost its identity is not made anew over its jobs', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  await store.claim('job', holder, newest);
  await rm(join(place.root, 'repository.json'));
  await expect(openRepository({ root: place.root, create: true })).rejects.toMatchObject({
    code: 'HF_REPOSITORY_MISSING',
    hint: saying('repository.json'),
  });
});

test.each([
  ['version', 2, '2'],
  ['features', ['striped'], 'striped'],
  ['digest', 'sha3', 'sha3'],
  ['windowPages', 32, '32'],
])('a newer %s is refused by name', async (member, value, named) => {
  await using place = await temporaryPlace();
  await openRepository({ root: place.root, create: true });
  await reseal(place.root, { [member]: value });
  await expect(openRepository({ root: place.root })).rejects.toMatchObject({
    code: 'HF_FORMAT_NEWER',
    kind: 'newer-format',
    message: saying(named),
  });
});

test.each([
  ['', 'checksum'],
  ['{}', 'checksum'],
  ['x'.repeat(70_000), '70000 bytes'],
])('a damaged identity is refused by name', async (content, why) => {
  await using place = await temporaryPlace();
  await writeFile(join(place.root, 'repository.json'), content);
  await expect(openRepository({ root: place.root, create: true })).rejects.toMatchObject({
    code: 'HF_REPOSITORY_CORRUPT',
    message: saying(why),
  });
});

test('a root that is not there, or not an absolute path, is refused', async () => {
  await using place = await temporaryPlace();
  await expect(openRepository({ root: join(place.root, 'nowhere') })).rejects.toMatchObject({ kind: 'not-found' });
  await expect(openRepository({ root: 'relative' })).rejects.toMatchObject({ code: 'HF_USAGE' });
});

test('files are for their owner alone, whatever the umask', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  await commitBytes(store, await store.claim('job', holder, newest), undefined, patternBytes(8192, 1));
  for (const { path } of await repositoryFiles(place.root)) expect((await stat(join(place.root, path))).mode & 0o777, path).toBe(0o600);
  for (const path of ['jobs', 'jobs/job', 'jobs/job/packs']) expect((await stat(join(place.root, path))).mode & 0o777, path).toBe(0o700);
});

test('the root may be a link, but no link inside is followed', async () => {
  await using place = await temporaryPlace();
  const link = join(place.scratch, 'link');
  await symlink(place.root, link);
  const store = await openRepository({ root: link, create: true });
  const epoch = await store.claim('job', holder, newest);
  const { number } = await commitBytes(store, epoch, undefined, patternBytes(8192, 1));

  const manifest = join(place.root, 'jobs/job/manifests/0000000001.0000000001.a.manifest');
  const aside = join(place.scratch, 'manifest');
  await writeFile(aside, await readFile(manifest));
  await rm(manifest);
  await symlink(aside, manifest);
  await expect(store.open({ job: 'job', number })).rejects.toMatchObject({ message: saying('symbolic link') });

  await rename(join(place.root, 'jobs/job'), join(place.scratch, 'elsewhere'));
  await symlink(join(place.scratch, 'elsewhere'), join(place.root, 'jobs/job'));
  const refused = { code: 'HF_STORAGE_NOT_DIRECTORY' };
  await expect(store.claim('job', holder, newest)).rejects.toMatchObject(refused);
  await expect(store.list('job')).rejects.toMatchObject(refused);
  await expect(store.state('job')).rejects.toMatchObject(refused);
  await expect(store.begin(epoch, undefined)).rejects.toMatchObject(refused);
  await expect(store.prune('job', { keep: 1 })).rejects.toMatchObject(refused);
  expect((await store.verify('job')).ok).toBe(false);
});

test('packs that lie behind a link are not read', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const summary = await commitBytes(store, await store.claim('job', holder, newest), undefined, patternBytes(8192, 1));
  await using reader = await store.open(summary);
  await rename(join(place.root, 'jobs/job/packs'), join(place.scratch, 'packs'));
  await symlink(join(place.scratch, 'packs'), join(place.root, 'jobs/job/packs'));
  await expect(reader.read('memory')).rejects.toMatchObject({ code: 'HF_STORAGE_NOT_DIRECTORY' });
});
