import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointReader, type CheckpointStore, isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { type TemporaryPlace, temporaryPlace } from '../fixture.js';
import { interrupted } from '../interrupted-operations.js';

const state = (seed: number): Buffer => patternBytes(200 * 4096, seed);
const policy = { keep: 1, graceMs: 0 };

async function twoSnapshots(root: string): Promise<void> {
  const store = await openRepository({ root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  await commitBytes(store, epoch, await commitBytes(store, epoch, undefined, state(1)), state(2));
}

/** Undefined where it is said at once that the snapshot is not there. */
async function openFirst(store: CheckpointStore): Promise<CheckpointReader | undefined> {
  return await store.open({ job: 'job', number: 1 }).catch((error: unknown) => {
    if (isHoldfastError(error) && error.code === 'HF_CHECKPOINT_MISSING') return undefined;
    throw error;
  });
}

/** `whole`: every byte was right. Anything else throws. */
async function readAll(opened: CheckpointReader | undefined): Promise<'whole' | 'missing'> {
  if (opened === undefined) return 'missing';
  await using reader = opened;
  expect(Buffer.from(await reader.read('memory')).equals(state(1))).toBe(true);
  await reader.verify();
  return 'whole';
}

test('a prune at any step of a reader: the snapshot is whole, or not there from the start', async () => {
  await using place = await temporaryPlace();
  const found = { whole: 0, missing: 0 };
  for await (const root of copies(place)) {
    const other = await openRepository({ root: root.path });
    const { files, count } = interrupted(async (ordinal) => {
      if (ordinal === root.ordinal) await other.prune('job', policy);
    });
    const outcome = await readAll(await openFirst(await openRepositoryWith({ root: root.path }, { files })));
    if (count() <= root.ordinal) break;
    found[outcome] += 1;
    expect((await other.verify(undefined)).problems, `at ${root.ordinal}`).toEqual([]);
  }
  expect(found.whole).toBeGreaterThan(3);
  expect(found.missing).toBeGreaterThan(2);
});

test('a reader that opens at any step of a prune reads all of it after that, or hears at once that it is not there', async () => {
  await using place = await temporaryPlace();
  const found = { whole: 0, missing: 0 };
  for await (const root of copies(place)) {
    const other = await openRepository({ root: root.path });
    let opened: CheckpointReader | undefined;
    const { files, count } = interrupted(async (ordinal) => {
      if (ordinal === root.ordinal) opened = await openFirst(other);
    });
    await (await openRepositoryWith({ root: root.path }, { files })).prune('job', policy);
    if (count() <= root.ordinal) break;
    found[await readAll(opened)] += 1;
    await other.prune('job', policy);
    expect((await other.verify(undefined)).problems, `at ${root.ordinal}`).toEqual([]);
  }
  expect(found.whole).toBeGreaterThan(3);
  expect(found.missing).toBeGreaterThan(2);
});

/** Fresh copies of a repository of two snapshots, for as long as they are wanted. */
async function* copies({ root, scratch }: TemporaryPlace): AsyncGenerator<{ readonly path: string; readonly ordinal: number }> {
  const original = join(scratch, 'original');
  await cp(root, original, { recursive: true });
  await twoSnapshots(original);
  for (let ordinal = 0; ; ordinal += 1) {
    const path = join(scratch, `at-${ordinal}`);
    await cp(original, path, { recursive: true });
    yield { path, ordinal };
  }
}
