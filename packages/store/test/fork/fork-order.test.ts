import { relative } from 'node:path';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { scriptedOperations } from '../scripted-operations.js';
import { family, forker, mixedSnapshot } from './family.js';

test('a fork notes each pin before it makes it, and has all of them synced before its manifest', async () => {
  await using place = await temporaryPlace();
  await family(await openRepository({ root: place.root, create: true }));
  const { files, log } = scriptedOperations();
  await (await openRepositoryWith({ root: place.root }, { files })).fork(mixedSnapshot, 'third', forker);
  const steps = log
    .filter(({ name }) => name !== 'write' && name !== 'close')
    .map(({ name, path }) => {
      const file = relative(`${place.root}/jobs`, path).replace(/\.[0-9a-f]{16}$/, '');
      return `${name} ${file.replaceAll(/0{9}/g, '')}`;
    });
  const [from, via] = ['third/epochs/1.from.2.second', 'third/epochs/1.via.1.first'];
  expect(steps.slice(steps.indexOf(`create ${from}`))).toEqual([
    `create ${from}`,
    'sync epoch-directory third/epochs',
    'mkdir second/pins',
    'sync job-directory second',
    'create second/pins/2.fork.1.third',
    'sync pin-directory second/pins',
    `create ${via}`,
    'sync epoch-directory third/epochs',
    'create first/pins/1.fork.1.third',
    'sync pin-directory first/pins',
    'create third/manifests/tmp.1.1.forker.manifest',
    'sync manifest third/manifests/tmp.1.1.forker.manifest',
    'rename third/manifests/1.1.forker.manifest',
    'sync manifest-directory third/manifests',
    'create third/epochs/tmp.1.ready',
    'sync epoch third/epochs/tmp.1.ready',
    'link third/epochs/1.ready',
    'sync epoch-directory third/epochs',
    'remove third/epochs/tmp.1.ready',
  ]);
});
