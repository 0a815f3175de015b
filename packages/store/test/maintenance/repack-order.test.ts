import { basename, join } from 'node:path';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { scriptedOperations, systemError } from '../scripted-operations.js';

const page = 4096;
const policy = { keep: 1, graceMs: 0 };

/** The newest snapshot needs a quarter of the only pack of the older one. */
async function sparsePack(root: string): Promise<void> {
  const store = await openRepositoryWith({ root, create: true }, {});
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const all = patternBytes(600 * page, 1);
  const first = await commitBytes(store, epoch, undefined, all);
  await commitBytes(store, epoch, first, all.subarray(0, 150 * page));
}

/** What a prune does in `packs/`; `fails` names an operation that fails, and with it the prune. */
async function stepsInPacks(root: string, fails?: string): Promise<readonly string[]> {
  const nameOf = (name: string, path: string): string =>
    `${name} ${basename(path)
      .replace(/^tmp\.(.+)\.[0-9a-f]{16}$/, 'tmp.$1')
      .replaceAll(/0{9}/g, '')
      .replace(/moved-(\d+)-[0-9a-f]{16}/, 'moved-$1')}`;
  const { files, log } = scriptedOperations(({ name, path }) => (nameOf(name, path) === fails ? systemError('EIO') : undefined));
  const pruning = (await openRepositoryWith({ root }, { files })).prune('job', policy);
  if (fails === undefined) await pruning;
  else await expect(pruning).rejects.toMatchObject({ code: 'HF_STORAGE_IO' });
  return log
    .filter(({ name, path }) => name !== 'write' && `${path}/`.includes(join(root, 'jobs/job/packs/')))
    .map(({ name, path }) => nameOf(name, path));
}

const moved = '1.1.moved-0001.0001.pack';

test('a pack of moved blocks is synced, then named, then its name is synced, and only then the old pack goes', async () => {
  await using place = await temporaryPlace();
  await sparsePack(place.root);
  expect(await stepsInPacks(place.root)).toEqual([
    `create tmp.${moved}`,
    `sync pack tmp.${moved}`,
    `close tmp.${moved}`,
    `rename ${moved}`,
    'sync pack-directory packs',
    'sync pack-directory packs',
    'remove 1.1.a.0001.pack',
  ]);
});

test('what another prune named and did not sync is synced before the old pack goes', async () => {
  await using place = await temporaryPlace();
  await sparsePack(place.root);
  const steps = await stepsInPacks(place.root, 'sync pack-directory packs');
  expect(steps.slice(-2)).toEqual([`rename ${moved}`, 'sync pack-directory packs']);
  expect(await stepsInPacks(place.root)).toEqual(['sync pack-directory packs', 'remove 1.1.a.0001.pack']);
});
