import { basename } from 'node:path';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from './fixture.js';
import { scriptedOperations } from './scripted-operations.js';

function shortened(path: string): string {
  return basename(path)
    .replace(/\.[0-9a-f]{16}$/, '')
    .replaceAll(/0{9}/g, '');
}

test('a commit syncs packs, then their directory, then the manifest, then its name, in this order', async () => {
  await using place = await temporaryPlace();
  const { files, log } = scriptedOperations();
  const store = await openRepositoryWith({ root: place.root, create: true }, { files, packTargetBytes: 1 });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  log.length = 0;
  await commitBytes(store, epoch, undefined, patternBytes(257 * 4096, 1));
  const done = log.filter(({ name }) => name !== 'write').map(({ name, path }) => `${name} ${shortened(path)}`);
  const packsDone = done.indexOf('sync pack-directory packs');
  // One pack is synced while the next is filled: of each the order counts.
  for (const pack of ['1.1.a.0001.pack', '1.1.a.0002.pack'])
    expect(done.slice(0, packsDone).filter((line) => line.endsWith(pack))).toEqual([`create ${pack}`, `sync pack ${pack}`, `close ${pack}`]);
  expect(done.slice(0, packsDone)).toHaveLength(6);
  expect(done.slice(packsDone)).toEqual([
    'sync pack-directory packs',
    'create tmp.1.1.a.pages',
    'close tmp.1.1.a.pages',
    'rename 1.1.a.pages',
    'create tmp.1.1.a.manifest',
    'sync manifest tmp.1.1.a.manifest',
    'close tmp.1.1.a.manifest',
    'rename 1.1.a.manifest',
    'sync manifest-directory manifests',
  ]);
});

test('a claim syncs directories, then the epoch, then its name, and is ready only after that', async () => {
  await using place = await temporaryPlace();
  const { files, log } = scriptedOperations();
  const store = await openRepositoryWith({ root: place.root, create: true }, { files });
  await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  expect(log.filter(({ name }) => name !== 'write').map(({ name, path }) => `${name} ${shortened(path)}`)).toEqual([
    'create tmp.repository.json',
    'sync repository tmp.repository.json',
    'close tmp.repository.json',
    'link repository.json',
    'sync repository-directory root',
    'remove tmp.repository.json',
    'mkdir jobs',
    'sync job-directory root',
    'mkdir job',
    'sync job-directory jobs',
    ...['epochs', 'manifests', 'packs'].flatMap((name) => [`mkdir ${name}`, 'sync job-directory job']),
    ...['1', '1.ready'].flatMap((name) => [
      `create tmp.${name}`,
      `sync epoch tmp.${name}`,
      `close tmp.${name}`,
      `link ${name}`,
      'sync epoch-directory epochs',
      `remove tmp.${name}`,
    ]),
  ]);
});
