import { basename } from 'node:path';
import type { CheckpointStore, CheckpointSummary } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { scriptedOperations } from '../scripted-operations.js';

async function snapshots(store: CheckpointStore, count: number): Promise<void> {
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  let parent: CheckpointSummary | undefined;
  for (let seed = 1; seed <= count; seed += 1) parent = await commitBytes(store, epoch, parent, patternBytes(20 * 4096, seed));
}

test('prune removes manifests, oldest first, then syncs their directory, and only then removes packs', async () => {
  await using place = await temporaryPlace();
  await snapshots(await openRepository({ root: place.root, create: true }), 3);
  const { files, log } = scriptedOperations();
  await (await openRepositoryWith({ root: place.root }, { files })).prune('job', { keep: 1 });
  const steps = log.map(({ name, path }) => `${name} ${basename(path).replaceAll(/0{9}/g, '')}`);
  // Packs go in the order in which the directory lists them.
  expect([...steps.slice(0, 5), ...steps.slice(5).sort()]).toEqual([
    'remove 1.1.a.pages',
    'remove 1.1.a.manifest',
    'remove 2.1.a.pages',
    'remove 2.1.a.manifest',
    'sync manifest-directory manifests',
    'remove 1.1.a.0001.pack',
    'remove 2.1.a.0001.pack',
  ]);
});

test('a claim between two removals stops the prune, and what it goes on from stays', async () => {
  await using place = await temporaryPlace();
  const other = await openRepository({ root: place.root, create: true });
  await snapshots(other, 4);
  const real = createFileOperations();
  let claimed = false;
  const files = {
    ...real,
    remove: async (path: string | Uint8Array): Promise<void> => {
      await real.remove(path);
      if (claimed) return;
      claimed = true;
      await other.claim('job', { attempt: 'b', host: 'h', pid: 2 }, { kind: 'checkpoint', number: 3 });
    },
  };
  const pruning = (await openRepositoryWith({ root: place.root }, { files })).prune('job', { keep: 1 });
  await expect(pruning).rejects.toMatchObject({ code: 'HF_FENCED', kind: 'fenced' });
  expect((await other.list('job')).map(({ number }) => number)).toEqual([4, 3, 2]);
  await using reader = await other.open({ job: 'job', number: 3 });
  expect(Buffer.from(await reader.read('memory')).equals(patternBytes(20 * 4096, 3))).toBe(true);
});
