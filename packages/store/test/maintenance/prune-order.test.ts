import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CheckpointStore, CheckpointSummary } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations, type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { scriptedOperations } from '../scripted-operations.js';

async function snapshots(store: CheckpointStore, count: number): Promise<void> {
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  let parent: CheckpointSummary | undefined;
  for (let seed = 1; seed <= count; seed += 1) parent = await commitBytes(store, epoch, parent, patternBytes(20 * 4096, seed));
}

test('prune marks, then removes manifests, oldest first, then syncs their directory, and only then removes packs', async () => {
  await using place = await temporaryPlace();
  await snapshots(await openRepository({ root: place.root, create: true }), 3);
  const { files, log } = scriptedOperations();
  await (await openRepositoryWith({ root: place.root }, { files })).prune('job', { keep: 1, graceMs: 0 });
  const steps = log.map(({ name, path }) => `${name} ${basename(path).replaceAll(/0{9}/g, '')}`);
  const mark = (number: number): string[] => ['create', 'write', 'close'].map((name) => `${name} ${number}.1.a.condemned`);
  // Packs go in the order in which the directory lists them.
  expect([...steps.slice(0, 13), ...steps.slice(13).sort()]).toEqual([
    ...mark(1),
    ...mark(2),
    'remove 1.1.a.pages',
    'remove 1.1.a.manifest',
    'remove 1.1.a.condemned',
    'remove 2.1.a.pages',
    'remove 2.1.a.manifest',
    'remove 2.1.a.condemned',
    'sync manifest-directory manifests',
    'remove 1.1.a.0001.pack',
    'remove 2.1.a.0001.pack',
  ]);
});

/** The real operations, and what happens once the mark of a snapshot was made. */
function afterMark(number: number, happens: () => Promise<unknown>): FileOperations {
  const real = createFileOperations();
  const name = `${String(number).padStart(10, '0')}.0000000001.a.condemned`;
  return {
    ...real,
    open: async (path, access) => {
      const file = await real.open(path, access);
      if (basename(Buffer.from(path).toString()) !== name || access !== 'create') return file;
      return {
        ...file,
        close: async () => {
          await file.close();
          await happens();
        },
      };
    },
  };
}

test.each([
  { marked: 1, left: [4, 3, 2] },
  { marked: 2, left: [4, 3] },
  // The claim looked before the mark was there: it goes on from what is marked now.
  { marked: 3, left: [4, 3] },
])('a claim after the mark of snapshot $marked stops the prune, and what it goes on from stays', async ({ marked, left }) => {
  await using place = await temporaryPlace();
  const other = await openRepository({ root: place.root, create: true });
  await snapshots(other, 4);
  const holder = { attempt: 'b', host: 'h', pid: 2 };
  const mark = join(place.root, 'jobs/job/manifests/0000000003.0000000001.a.condemned');
  const claim = async (): Promise<void> => {
    const content = await readFile(mark).catch(() => undefined);
    if (content !== undefined) await rm(mark);
    await other.claim('job', holder, { kind: 'checkpoint', number: 3 });
    if (content !== undefined) await writeFile(mark, content);
  };
  const pruning = (await openRepositoryWith({ root: place.root }, { files: afterMark(marked, claim) })).prune('job', { keep: 1, graceMs: 0 });
  await expect(pruning).rejects.toMatchObject({ code: 'HF_FENCED', kind: 'fenced' });
  expect((await other.list('job')).map(({ number }) => number)).toEqual(left);
  await using reader = await other.open({ job: 'job', number: 3 });
  expect(Buffer.from(await reader.read('memory')).equals(patternBytes(20 * 4096, 3))).toBe(true);
});

test('where a prune died after it had marked what a claim goes on from, the next one takes the mark back', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  await snapshots(store, 3);
  await store.claim('job', { attempt: 'b', host: 'h', pid: 2 }, { kind: 'checkpoint', number: 2 });
  await writeFile(join(place.root, 'jobs/job/manifests/0000000002.0000000001.a.condemned'), '');
  await store.prune('job', { keep: 1, graceMs: 0 });
  expect(await store.list('job')).toMatchObject([{ number: 2, eligible: true }, { number: 1 }]);
});
