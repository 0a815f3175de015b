import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointStore, isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { expect, test } from 'vitest';
import { temporaryPlace } from './fixture.js';
import { family, forker, mixed, mixedSnapshot, moveOn } from './fork/family.js';
import { interrupted } from './interrupted-operations.js';
import { scriptedOperations, systemError } from './scripted-operations.js';

const policy = { keep: 1, graceMs: 0 };

async function moveAndPrune(store: CheckpointStore): Promise<void> {
  for (const job of ['first', 'second']) await moveOn(store, job);
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
    await dead.fork(mixedSnapshot, 'third', forker).catch(() => undefined);
    if (log.length <= dying) break;
    const store = await openRepository({ root });
    const { newest } = await store.state('third');
    if (newest === undefined) {
      await store.fork(mixedSnapshot, 'third', { ...forker, attempt: 'again' });
      found.free += 1;
    } else {
      await expect(store.fork(mixedSnapshot, 'third', forker)).rejects.toMatchObject({ code: 'HF_JOB_EXISTS' });
      found.whole += 1;
    }
    await moveAndPrune(store);
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
  for (const job of ['first', 'second']) await moveOn(made, job);
  const found = { whole: 0, refused: 0 };
  for (let when = 0; ; when += 1) {
    const root = join(place.scratch, `pruned-${when}`);
    await cp(original, root, { recursive: true });
    const other = await openRepository({ root });
    const { files, count } = interrupted(async (ordinal) => {
      if (ordinal === when) for (const job of ['second', 'first', 'second', 'first']) await other.prune(job, policy);
    });
    const store = await openRepositoryWith({ root }, { files });
    const fork = await store.fork(mixedSnapshot, 'third', forker).catch((error: unknown) => {
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
