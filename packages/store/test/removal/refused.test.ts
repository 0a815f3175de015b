import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { onceBefore } from './once-before.js';

const state = (seed: number): Buffer => patternBytes(20 * 4096, seed);
const holder = (attempt: string) => ({ attempt, host: 'h', pid: 1 });
const newest = { kind: 'newest' } as const;

test('a refused removal leaves the marks of a prune, and takes back its own', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const other = await openRepository({ root, create: true });
  const epoch = await other.claim('job', holder('a'), newest);
  await commitBytes(other, epoch, await commitBytes(other, epoch, undefined, state(1)), state(2));
  const pins = join(root, 'jobs/job/pins');
  await mkdir(pins);
  let pruned: Promise<unknown> | undefined;
  const arrived = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const pruning = await openRepositoryWith(
    { root },
    {
      files: onceBefore(
        ({ name, path }) => name === 'remove' && /0000000001\.0000000001\.a\.(pages|manifest)$/.test(path),
        async () => {
          arrived.resolve();
          await goOn.promise;
        },
      ),
    },
  );
  let looks = 0;
  const real = onceBefore(
    () => false,
    () => Promise.resolve(),
  );
  const files: typeof real = {
    ...real,
    list: async (path) => {
      if (Buffer.from(path).toString() === pins) {
        looks += 1;
        if (looks === 1) {
          pruned = pruning.prune('job', { keep: 1, graceMs: 0 });
          await arrived.promise;
        } else if (looks === 2) await writeFile(join(pins, '0000000002.keep'), '');
      }
      return await real.list(path);
    },
  };
  const removing = await openRepositoryWith({ root }, { files });
  await expect(removing.remove('job', holder('r'))).rejects.toMatchObject({ code: 'HF_JOB_PINNED' });
  expect((await other.state('job')).newest).toBe(2);
  expect((await readdir(join(root, 'jobs/job/manifests'))).filter((file) => file.endsWith('.condemned'))).toEqual([
    '0000000001.0000000001.a.condemned',
  ]);
  await expect(other.fork({ job: 'job', number: 1 }, 'fork', holder('f'))).rejects.toMatchObject({ code: 'HF_CHECKPOINT_MISSING' });
  goOn.resolve();
  await pruned;
  expect((await other.verify(undefined)).problems).toEqual([]);
});

test('a job that another attempt claims while it is looked at is not removed', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const other = await openRepository({ root, create: true });
  await commitBytes(other, await other.claim('job', holder('a'), newest), undefined, state(1));
  let looks = 0;
  const files = onceBefore(
    ({ name, path }) => {
      if (name === 'link' && path.includes('/epochs/')) looks += 1;
      return looks === 1;
    },
    async () => {
      const epoch = await other.claim('job', holder('b'), { kind: 'fresh' });
      await commitBytes(other, epoch, undefined, state(2));
    },
  );
  const removing = await openRepositoryWith({ root }, { files });
  await expect(removing.remove('job', holder('r'))).rejects.toMatchObject({ code: 'HF_FENCED' });
  expect((await other.state('job')).newest).toBe(2);
  expect((await other.verify(undefined)).problems).toEqual([]);
});
