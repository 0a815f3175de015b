import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { VerifyReport } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations, type FileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { saying, type TemporaryPlace, temporaryPlace } from '../fixture.js';

const firstPack = '0000000001.0000000001.a.0001.pack';
const newestManifest = '0000000002.0000000001.a.manifest';

/** Two snapshots that share nothing, and a look at both while something happens after a file was opened for the n-th time. */
async function verifyWhile(place: TemporaryPlace, file: string, nth: number, happens: () => Promise<unknown>): Promise<VerifyReport> {
  let opened = 0;
  const real = createFileOperations();
  const happensIfDue = async (path: string | Uint8Array, before: boolean): Promise<void> => {
    if (basename(Buffer.from(path).toString()) !== file) return;
    if (before) opened += 1;
    if (opened === nth && before === nth > 1) await happens();
  };
  const files: FileOperations = {
    ...real,
    open: async (path, access) => {
      await happensIfDue(path, true);
      const handle = await real.open(path, access);
      await happensIfDue(path, false);
      return handle;
    },
  };
  const report = await (await openRepositoryWith({ root: place.root }, { files })).verify(undefined);
  expect(opened).toBeGreaterThanOrEqual(nth);
  return report;
}

async function twoSnapshots({ root }: TemporaryPlace): Promise<{ readonly prune: () => Promise<unknown>; readonly pack: string }> {
  const store = await openRepository({ root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const one = await commitBytes(store, epoch, undefined, patternBytes(600 * 4096, 1));
  await commitBytes(store, epoch, one, patternBytes(40 * 4096, 2));
  // As a prune does whose pins were listed before ours was made.
  const prune = async (): Promise<void> => {
    await rm(join(root, 'jobs/job/pins'), { recursive: true, force: true });
    await store.prune('job', { keep: 1, graceMs: 0 });
  };
  return { prune, pack: join(root, 'jobs/job/packs', firstPack) };
}

async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  for (const at of [2000, 1_200_000]) bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

test('a snapshot pruned after it was listed is no problem and does not count', async () => {
  await using place = await temporaryPlace();
  const { prune } = await twoSnapshots(place);
  expect(await verifyWhile(place, newestManifest, 1, prune)).toMatchObject({ ok: true, problems: [], snapshots: 1 });
});

test('a snapshot pruned after its manifest was read is no problem', async () => {
  await using place = await temporaryPlace();
  const { prune } = await twoSnapshots(place);
  expect(await verifyWhile(place, firstPack, 2, prune)).toMatchObject({ ok: true, problems: [], snapshots: 1 });
});

test('a damaged pack pruned while it is read is no problem', async () => {
  await using place = await temporaryPlace();
  const { prune, pack } = await twoSnapshots(place);
  await damage(pack);
  expect(await verifyWhile(place, firstPack, 1, prune)).toMatchObject({ ok: true, problems: [], snapshots: 1 });
});

test('a pack that goes while its snapshot stays is a problem of that snapshot', async () => {
  await using place = await temporaryPlace();
  const { pack } = await twoSnapshots(place);
  const { problems } = await verifyWhile(place, firstPack, 2, () => rm(pack));
  expect(problems).toEqual([expect.objectContaining({ job: 'job', number: 1, code: 'HF_BLOCK_MISSING', message: saying(firstPack) })]);
});

test('a damaged pack is one problem, and each snapshot that needs it another', async () => {
  await using place = await temporaryPlace();
  const { pack } = await twoSnapshots(place);
  await damage(pack);
  const { problems } = await (await openRepository({ root: place.root })).verify('job');
  expect(problems.map(({ file, number }) => ({ file, number }))).toEqual([
    { file: pack, number: undefined },
    { file: pack, number: 1 },
  ]);
});

test('a snapshot that is being verified is left alone by a prune', async () => {
  await using place = await temporaryPlace();
  await twoSnapshots(place);
  const other = await openRepository({ root: place.root });
  const report = await verifyWhile(place, firstPack, 2, () => other.prune('job', { keep: 1, graceMs: 0 }));
  expect(report).toMatchObject({ ok: true, problems: [], snapshots: 2 });
  expect((await other.prune('job', { keep: 1, graceMs: 0 })).removed).toEqual([{ number: 1, reason: 'keep' }]);
});
