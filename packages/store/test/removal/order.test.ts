import { readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { CheckpointStore } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { scriptedOperations } from '../scripted-operations.js';
import { onceBefore } from './once-before.js';

const state = (seed: number): Buffer => patternBytes(20 * 4096, seed);
const holder = (attempt: string) => ({ attempt, host: 'h', pid: 1 });

/** Two attempts, each with a snapshot. */
async function twoAttempts(store: CheckpointStore): Promise<void> {
  for (const attempt of ['a', 'b']) {
    const epoch = await store.claim('job', holder(attempt), { kind: 'newest' });
    await commitBytes(store, epoch, epoch.from, state(epoch.epoch));
  }
}

test('manifests go for good before packs, and epochs last, in the order of their numbers', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  await twoAttempts(await openRepository({ root, create: true }));
  const { files, log } = scriptedOperations();
  expect((await (await openRepositoryWith({ root }, { files })).remove('job', holder('r'))).gone).toBe(true);
  const steps = log.map(({ name, path }) => `${name} ${relative(join(root, 'jobs/job'), path).replaceAll(/0{9}/g, '')}`);
  const removing = steps.slice(steps.findLastIndex((step) => step.includes('removed/job')) + 1);
  expect(removing.filter((step) => !step.endsWith('pages'))).toEqual([
    'remove manifests/1.1.a.manifest',
    'remove manifests/1.1.a.condemned',
    'remove manifests/2.2.b.manifest',
    'remove manifests/2.2.b.condemned',
    'sync manifest-directory manifests',
    'remove packs/1.1.a.0001.pack',
    'remove packs/2.2.b.0001.pack',
    'rmdir packs',
    'rmdir manifests',
    'rmdir pins',
    ...[1, 2, 3].flatMap((epoch) => [`remove epochs/${epoch}.ready`, `remove epochs/${epoch}`]),
    'rmdir epochs',
    'rmdir ',
    'sync job-directory ..',
  ]);
});

test.each(['packs', 'manifests', 'pins'])('as long as something stays in %s, the epochs stay', async (directory) => {
  await using place = await temporaryPlace();
  const { root } = place;
  const store = await openRepository({ root, create: true });
  await twoAttempts(store);
  await (await store.open({ job: 'job', number: 2 }))[Symbol.asyncDispose]();
  await writeFile(join(root, 'jobs/job', directory, 'notes-of-somebody'), '');
  expect((await store.remove('job', holder('r'))).gone).toBe(false);
  expect(await readdir(join(root, 'jobs/job/epochs'))).toContain('0000000003');
  expect(await readdir(join(root, 'jobs/job', directory))).toEqual(['notes-of-somebody']);
});

test('files of a later epoch stay, whatever tells of it', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const store = await openRepository({ root, create: true });
  await twoAttempts(store);
  const later = ['0000000009.0000000004.c.manifest', '0000000009.0000000004.c.condemned', '0000000008.0000000004.c.pages'];
  const files = onceBefore(
    ({ name, path }) => name === 'syncDirectory' && path.endsWith('removed/job'),
    async () => {
      for (const file of later) await writeFile(join(root, 'jobs/job/manifests', file), '');
      await writeFile(join(root, 'jobs/job/packs/0000000009.0000000004.c.0001.pack'), '');
    },
  );
  expect((await (await openRepositoryWith({ root }, { files })).remove('job', holder('r'))).gone).toBe(false);
  expect((await readdir(join(root, 'jobs/job/manifests'))).sort()).toEqual(later.toSorted());
  expect(await readdir(join(root, 'jobs/job/packs'))).toHaveLength(1);
});

test('what an attempt commits after the marks were made is marked too, and the fork of it is found', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const other = await openRepository({ root, create: true });
  const epoch = await other.claim('job', holder('a'), { kind: 'newest' });
  await commitBytes(other, epoch, undefined, state(1));
  const isClaim = ({ name, path }: { readonly name: string; readonly path: string }): boolean =>
    name === 'link' && path.endsWith('epochs/0000000002');
  const forked = onceBefore(isClaim, async () => {
    await commitBytes(other, epoch, undefined, state(5));
    await other.fork({ job: 'job', number: 2 }, 'fork', holder('f'));
  });
  await expect((await openRepositoryWith({ root }, { files: forked })).remove('job', holder('r'))).rejects.toMatchObject({ code: 'HF_JOB_PINNED' });
  expect((await other.verify(undefined)).problems).toEqual([]);
  expect(await readdir(join(root, 'jobs/job/manifests'))).toContain('0000000002.0000000001.a.condemned');
});
