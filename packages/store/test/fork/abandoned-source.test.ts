import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, memoryObject } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { scriptedOperations } from '../scripted-operations.js';
import { onceBefore } from '../removal/once-before.js';
import { forker, state } from './family.js';

const policy = { keep: 1, graceMs: 0 };

test('a snapshot that is given up once it was forked keeps what the fork needs, until the fork needs it no more', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const other = await openRepository({ root, create: true });
  const epoch = await other.claim('job', { ...forker, attempt: 'a' }, { kind: 'newest' });
  const one = await commitBytes(other, epoch, undefined, state(1));
  const files = onceBefore(
    ({ name, path }) => name === 'syncDirectory' && path.endsWith('/manifests'),
    async () => {
      const packs = join(root, 'jobs/job/packs');
      const at = new Date(Date.now() - 90_000_000);
      for (const file of await readdir(packs)) if (file.startsWith('0000000002')) await utimes(join(packs, file), at, at);
      // Of a prune that had listed the manifests before this one was there.
      await writeFile(join(root, 'jobs/job/epochs/0000000001.abandoned.0000000002'), '');
      await other.fork({ job: 'job', number: 2 }, 'fork', forker);
    },
  );
  const store = await openRepositoryWith({ root }, { files });
  await using writer = await store.begin(epoch, one);
  await writer.put(memoryObject('memory', state(5)));
  await expect(writer.commit({})).rejects.toMatchObject({ code: 'HF_SNAPSHOT_DISCARDED' });
  expect((await other.state('job')).newest).toBe(1);
  await other.prune('job', policy);
  expect((await other.verify(undefined)).problems).toEqual([]);
  const reader = await other.open({ job: 'fork', number: 1 });
  expect(Buffer.from(await reader.read('memory')).equals(state(5))).toBe(true);
  await reader[Symbol.asyncDispose]();
  await other.remove('fork', forker);
  await other.prune('job', policy);
  expect((await readdir(join(root, 'jobs/job/manifests'))).filter((file) => file.startsWith('0000000002'))).toEqual([]);
});

test('a snapshot that is given up is taken back for good before it loses its mark', async () => {
  await using place = await temporaryPlace();
  const { root } = place;
  const other = await openRepository({ root, create: true });
  const epoch = await other.claim('job', { ...forker, attempt: 'a' }, { kind: 'newest' });
  const one = await commitBytes(other, epoch, undefined, state(1));
  const { files, log } = scriptedOperations();
  const rename = files.rename;
  const noting = {
    ...files,
    rename: async (from: string, to: string) => {
      await rename(from, to);
      if (to.endsWith('.manifest')) await writeFile(join(root, 'jobs/job/epochs/0000000001.abandoned.0000000002'), '');
    },
  };
  const store = await openRepositoryWith({ root }, { files: noting });
  await using writer = await store.begin(epoch, one);
  await writer.put(memoryObject('memory', state(5)));
  await expect(writer.commit({})).rejects.toMatchObject({ code: 'HF_SNAPSHOT_DISCARDED' });
  const name = '0000000002.0000000001.a';
  const steps = log.map(({ name: what, path }) => `${what} ${path.slice(path.lastIndexOf('/') + 1)}`);
  expect(steps.slice(steps.indexOf(`create ${name}.condemned`)).filter((step) => !/^(write|close)/.test(step))).toEqual([
    `create ${name}.condemned`,
    `remove ${name}.manifest`,
    'sync manifest-directory manifests',
    `remove ${name}.condemned`,
  ]);
});
