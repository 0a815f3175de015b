import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointStore, isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from './fixture.js';
import { interrupted } from './interrupted-operations.js';
import { scriptedOperations, systemError } from './scripted-operations.js';

const state = (seed: number): Buffer => patternBytes(200 * 4096, seed);
const holder = { attempt: 'forker', host: 'h', pid: 1 };
const policy = { keep: 1, graceMs: 0 };

/** Job `second` is a fork of `first` that went on; each has a newer snapshot that shares nothing with the one to fork. */
async function family(store: CheckpointStore): Promise<void> {
  const epoch = await store.claim('first', { ...holder, attempt: 'a' }, { kind: 'newest' });
  const one = await commitBytes(store, epoch, undefined, state(1));
  await commitBytes(store, epoch, one, state(2));
  const fork = await store.fork({ job: 'first', number: one.number }, 'second', holder);
  const next = await commitBytes(store, await store.claim('second', { ...holder, attempt: 'b' }, { kind: 'newest' }), fork, mixed);
  expect(next.number).toBe(2);
}

/** Half of it is of the first job, half of the second. */
const mixed = Buffer.concat([state(1).subarray(0, 100 * 4096), state(3).subarray(0, 100 * 4096)]);

async function moveOn(store: CheckpointStore): Promise<void> {
  for (const job of ['first', 'second']) {
    const epoch = await store.claim(job, { ...holder, attempt: 'later' }, { kind: 'newest' });
    await commitBytes(store, epoch, epoch.from, state(9));
  }
  for (const job of ['second', 'first', 'third', 'second', 'first']) await store.prune(job, policy);
}

test('a fork killed at any step is whole or not there, whatever is pruned, and its name is free or taken', async () => {
  await using place = await temporaryPlace();
  const original = join(place.scratch, 'original');
  await cp(place.root, original, { recursive: true });
  await family(await openRepository({ root: original, create: true }));
  const found = { whole: 0, free: 0 };
  for (let dying = 0; ; dying += 1) {
    const root = join(place.scratch, `killed-${dying}`);
    await cp(original, root, { recursive: true });
    const { files, log } = scriptedOperations((_operation, ordinal) => (ordinal >= dying ? systemError('EIO') : undefined));
    const dead = await openRepositoryWith({ root }, { files });
    await dead.fork({ job: 'second', number: 2 }, 'third', holder).catch(() => undefined);
    if (log.length <= dying) break;
    const store = await openRepository({ root });
    const { newest } = await store.state('third');
    if (newest === undefined) {
      await store.fork({ job: 'second', number: 2 }, 'third', { ...holder, attempt: 'again' });
      found.free += 1;
    } else {
      await expect(store.fork({ job: 'second', number: 2 }, 'third', holder)).rejects.toMatchObject({ code: 'HF_JOB_EXISTS' });
      found.whole += 1;
    }
    await moveOn(store);
    const [fork] = await store.list('third');
    await using reader = await store.open({ job: 'third', number: fork?.number ?? 0 });
    expect(Buffer.from(await reader.read('memory')).equals(mixed), `killed at ${dying}`).toBe(true);
    expect((await store.verify(undefined)).problems, `killed at ${dying}`).toEqual([]);
  }
  expect(found.free).toBeGreaterThan(20);
  expect(found.whole).toBeGreaterThan(3);
}, 180_000);

test('both other jobs may be pruned at any step of a fork: it is whole, or refused', async () => {
  await using place = await temporaryPlace();
  const original = join(place.scratch, 'original');
  await cp(place.root, original, { recursive: true });
  const made = await openRepository({ root: original, create: true });
  await family(made);
  for (const job of ['first', 'second']) {
    const epoch = await made.claim(job, { ...holder, attempt: 'later' }, { kind: 'newest' });
    await commitBytes(made, epoch, epoch.from, state(9));
  }
  const found = { whole: 0, refused: 0 };
  for (let when = 0; ; when += 1) {
    const root = join(place.scratch, `pruned-${when}`);
    await cp(original, root, { recursive: true });
    const other = await openRepository({ root });
    const { files, count } = interrupted(async (ordinal) => {
      if (ordinal === when) for (const job of ['second', 'first', 'second', 'first']) await other.prune(job, policy);
    });
    const store = await openRepositoryWith({ root }, { files });
    const fork = await store.fork({ job: 'second', number: 2 }, 'third', holder).catch((error: unknown) => {
      if (isHoldfastError(error) && error.code === 'HF_CHECKPOINT_MISSING') return undefined;
      throw error;
    });
    if (count() <= when) break;
    found[fork === undefined ? 'refused' : 'whole'] += 1;
    for (const job of ['third', 'second', 'first']) await other.prune(job, policy);
    expect((await other.verify(undefined)).problems, `pruned at ${when}`).toEqual([]);
    if (fork === undefined) continue;
    await using reader = await other.open(fork);
    expect(Buffer.from(await reader.read('memory')).equals(mixed), `pruned at ${when}`).toBe(true);
  }
  expect(found.refused).toBeGreaterThan(3);
  expect(found.whole).toBeGreaterThan(10);
}, 180_000);
