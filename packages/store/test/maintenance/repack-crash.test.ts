import { cp, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore, CheckpointSummary } from '@holdfast/core';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { type Script, scriptedOperations, systemError } from '../scripted-operations.js';

const page = 4096;
const packTargetBytes = 700 * page;
const policy = { keep: 1, graceMs: 0 };

/** The newest snapshot needs a quarter of each of the older packs. */
const newest = Buffer.concat([patternBytes(600 * page, 1).subarray(0, 150 * page), patternBytes(600 * page, 2).subarray(0, 100 * page)]);

async function sparsePacks(root: string): Promise<CheckpointSummary> {
  const store = await openRepositoryWith({ root, create: true }, { packTargetBytes });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const [one, two] = [patternBytes(600 * page, 1), patternBytes(600 * page, 2)];
  const first = await commitBytes(store, epoch, undefined, one);
  const second = await commitBytes(store, epoch, first, Buffer.concat([one.subarray(0, 150 * page), two]));
  return await commitBytes(store, epoch, second, Buffer.concat([one.subarray(0, 150 * page), two.subarray(0, 100 * page)]));
}

function packsOf(root: string): Promise<readonly string[]> {
  return readdir(join(root, 'jobs/job/packs'));
}

/** As if they lay there for long. */
async function forgetTemporaryFiles(root: string): Promise<void> {
  for (const file of await packsOf(root)) if (file.startsWith('tmp.')) await utimes(join(root, 'jobs/job/packs', file), new Date(0), new Date(0));
}

async function expectWhole(store: CheckpointStore, { number }: CheckpointSummary, where: string): Promise<void> {
  expect((await store.verify(undefined)).problems, where).toEqual([]);
  await using reader = await store.open({ job: 'job', number });
  expect(Buffer.from(await reader.read('memory')).equals(newest), where).toBe(true);
}

async function prune(root: string, script: Script): Promise<{ readonly outcome: 'finished' | 'killed'; readonly steps: number }> {
  const { files, log } = scriptedOperations(script);
  const store = await openRepositoryWith({ root }, { files, packTargetBytes });
  const outcome = await store.prune('job', policy).then(
    () => 'finished' as const,
    () => 'killed' as const,
  );
  return { outcome, steps: log.length };
}

test('a repack killed at any step leaves the snapshot whole, and the next prune finishes', async () => {
  await using place = await temporaryPlace();
  const original = join(place.scratch, 'original');
  await cp(place.root, original, { recursive: true });
  const summary = await sparsePacks(original);
  let [dying, moved] = [0, 0];
  for (; ; dying += 1) {
    const root = join(place.scratch, `killed-${dying}`);
    await cp(original, root, { recursive: true });
    const { outcome, steps } = await prune(root, (_operation, ordinal) => (ordinal >= dying ? systemError('EIO') : undefined));
    if (steps <= dying) break;
    expect(outcome).toBe('killed');
    const store = await openRepositoryWith({ root }, { packTargetBytes });
    await expectWhole(store, summary, `killed at ${dying}`);
    await store.prune('job', policy);
    await expectWhole(store, summary, `pruned after ${dying}`);
    await forgetTemporaryFiles(root);
    await store.prune('job', policy);
    expect(await packsOf(root), `after ${dying}`).toEqual([expect.stringMatching(/^0000000001\.0000000001\.moved-0001-[0-9a-f]{16}\.0001\.pack$/)]);
    moved += 1;
  }
  expect(moved).toBeGreaterThan(15);
}, 120_000);

test('a pack that no space is left for is written by a later prune', async () => {
  await using place = await temporaryPlace();
  const summary = await sparsePacks(place.root);
  const full: Script = ({ name, path }) => (name === 'write' && path.includes('.moved-') ? systemError('ENOSPC') : undefined);
  expect((await prune(place.root, full)).outcome).toBe('finished');
  const store = await openRepositoryWith({ root: place.root }, { packTargetBytes });
  await expectWhole(store, summary, 'on full storage');
  expect((await packsOf(place.root)).filter((file) => file.startsWith('tmp.'))).toEqual([]);
  expect((await store.prune('job', policy)).rewrittenPacks).toBe(2);
});

test('the packs that were rewritten stay for the grace, and while somebody reads', async () => {
  await using place = await temporaryPlace();
  const summary = await sparsePacks(place.root);
  const store = await openRepositoryWith({ root: place.root }, { packTargetBytes });
  const before = await packsOf(place.root);
  await store.prune('job', policy, {});
  await using other = await temporaryPlace();
  await sparsePacks(other.root);
  const patient = await openRepositoryWith({ root: other.root }, { packTargetBytes });
  await patient.prune('job', { keep: 1, graceMs: 0, repackBelow: 0 });
  {
    await using _reader = await patient.open(summary);
    expect((await patient.prune('job', policy)).rewrittenPacks).toBe(0);
  }
  expect((await patient.prune('job', { keep: 1, graceMs: 3_600_000 })).rewrittenPacks).toBe(2);
  expect(await packsOf(other.root)).toHaveLength(before.length + 1);
  expect((await patient.prune('job', { keep: 1, graceMs: 3_600_000 })).rewrittenPacks).toBe(0);
  expect(await packsOf(other.root)).toHaveLength(before.length + 1);
  await patient.prune('job', policy);
  expect(await packsOf(other.root)).toHaveLength((await packsOf(place.root)).length);
  await expectWhole(patient, summary, 'after all');
});

test.each([1, 2, 3, 4, 5, 6])('prunes at the same time, each stopped at random, never lose a block, seed %i', async (seed) => {
  await using place = await temporaryPlace();
  const summary = await sparsePacks(place.root);
  let state = seed * 7919;
  const turn = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  const prunes = [1, 2, 3].map(async () => {
    for (let round = 0; round < 3; round += 1) {
      const dying = turn() % 40;
      await prune(place.root, (_operation, ordinal) => (ordinal >= dying ? systemError('EIO') : undefined));
    }
  });
  await Promise.all(prunes);
  await expectWhole(await openRepositoryWith({ root: place.root }, { packTargetBytes }), summary, 'after all');
});

test('a pack with a damaged block is not rewritten: nothing that cannot be verified gets a new digest over it', async () => {
  await using place = await temporaryPlace();
  await sparsePacks(place.root);
  const [first = ''] = [...(await packsOf(place.root))].sort();
  const path = join(place.root, 'jobs/job/packs', first);
  const bytes = await readFile(path);
  // In the payload of its first block, which the newest snapshot needs.
  bytes[1000] = (bytes[1000] ?? 0) ^ 1;
  await writeFile(path, bytes);
  const store = await openRepositoryWith({ root: place.root }, { packTargetBytes });
  const before = (await store.verify('job')).problems.filter(({ number }) => number === undefined);
  await store.prune('job', policy);
  expect(await readFile(path)).toEqual(bytes);
  expect((await store.verify('job')).problems.filter(({ number }) => number === undefined)).toEqual(before);
  expect(before).toHaveLength(1);
});
