import { cp, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CheckpointStore, CheckpointSummary, CheckpointWriter, Epoch } from '@holdfast/core';
import { isHoldfastError, silentLogger } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test, vi } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { interrupted } from '../interrupted-operations.js';
import { scriptedOperations } from '../scripted-operations.js';

const policy = { keep: 1, graceMs: 0 };
const first = patternBytes(40 * 4096, 1);
const second = patternBytes(260 * 4096, 2);

interface Broken {
  readonly epoch: Epoch;
  readonly last: CheckpointSummary;
  readonly writer: CheckpointWriter;
}

/** A job with one snapshot, and another that was begun and has a pack. */
async function broken(store: CheckpointStore, root: string): Promise<Broken> {
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const last = await commitBytes(store, epoch, undefined, first);
  const writer = await store.begin(epoch, last);
  await writer.put(memoryObject('memory', second));
  // The full block is written; the rest waits for the commit.
  const pack = join(root, 'jobs/job/packs/0000000002.0000000001.a.0001.pack');
  await vi.waitFor(async () => expect((await stat(pack)).size).toBeGreaterThan(1024 ** 2), { timeout: 10_000 });
  return { epoch, last, writer };
}

async function outcomeOf(writer: CheckpointWriter): Promise<'committed' | 'discarded'> {
  try {
    expect((await writer.commit({})).outcome).toBe('committed');
    return 'committed';
  } catch (error) {
    if (isHoldfastError(error) && error.code === 'HF_SNAPSHOT_DISCARDED') return 'discarded';
    throw error;
  }
}

function packsOf(root: string): Promise<readonly string[]> {
  return readdir(join(root, 'jobs/job/packs'));
}

/** As if nothing had been written to the packs of a snapshot for more than a day. */
async function forget(root: string, number: number): Promise<void> {
  const at = new Date(Date.now() - 90_000_000);
  for (const file of await packsOf(root)) if (Number(file.slice(0, 10)) === number) await utimes(join(root, 'jobs/job/packs', file), at, at);
}

function numbersOf(packs: readonly string[]): readonly number[] {
  return [...new Set(packs.map((file) => Number(file.slice(0, 10))))].sort((a, b) => a - b);
}

test('packs of a snapshot that was broken off go once nothing was written to them for a day', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  await using _writer = (await broken(store, place.root)).writer;
  await store.prune('job', policy);
  expect(numbersOf(await packsOf(place.root))).toEqual([1, 2]);
  await forget(place.root, 2);
  const { files, log } = scriptedOperations();
  await using pruning = await openRepositoryWith({ root: place.root }, { files });
  await pruning.prune('job', { keep: 1, graceMs: 3_600_000 });
  expect(numbersOf(await packsOf(place.root))).toEqual([1, 2]);
  await pruning.prune('job', policy);
  expect(numbersOf(await packsOf(place.root))).toEqual([1]);
  const steps = log
    .filter(({ path }) => /abandoned|epochs$|pack$/.test(path))
    .map(({ name, path }) => `${name} ${basename(path).replaceAll(/0{9}/g, '')}`);
  expect(steps.filter((step) => !/^(write|close)/.test(step))).toEqual([
    'create 1.abandoned.2',
    'sync epoch-directory epochs',
    'remove 2.1.a.0001.pack',
  ]);
  const said: string[] = [];
  const info = (_fields: unknown, text: string): void => void said.push(text);
  await using verifying = await openRepository({ root: place.root, logger: { ...silentLogger, info } });
  expect(await verifying.verify('job')).toMatchObject({ problems: [], snapshots: 1 });
  expect(said).toEqual([]);
  expect(await store.remove('job', { attempt: 'remover', host: 'h', pid: 1 })).toMatchObject({ gone: true });
});

test('who is taken for broken off and still writes commits nothing, and his next snapshot does', async () => {
  await using place = await temporaryPlace();
  const { files, log } = scriptedOperations();
  await using store = await openRepositoryWith({ root: place.root, create: true }, { files });
  const { epoch, last, writer } = await broken(store, place.root);
  await using _writer = writer;
  await forget(place.root, 2);
  await store.prune('job', policy);
  await expect(writer.commit({})).rejects.toMatchObject({ code: 'HF_SNAPSHOT_DISCARDED', context: { job: 'job', number: 2 } });
  expect(log.filter(({ name, path }) => name === 'rename' && path.endsWith('.manifest'))).toHaveLength(1);
  // Another process, which has begun nothing yet: the number is not used again.
  await using other = await openRepository({ root: place.root });
  const { number } = await commitBytes(other, epoch, last, second);
  expect(number).toBe(3);
  await store.prune('job', policy);
  await using reader = await store.open({ job: 'job', number });
  expect(Buffer.from(await reader.read('memory')).equals(second)).toBe(true);
});

test('at whatever step of a commit a prune takes it for broken off: it is whole, or discarded', async () => {
  await using place = await temporaryPlace();
  const found = { committed: 0, discarded: 0 };
  for (let when = 0; ; when += 1) {
    const root = join(place.scratch, `pruned-${when}`);
    await cp(place.root, root, { recursive: true });
    await using other = await openRepository({ root, create: true });
    let from: number | undefined;
    const { files, count } = interrupted(async (ordinal) => {
      if (from === undefined || ordinal - from !== when) return;
      await forget(root, 2);
      await other.prune('job', policy);
    });
    await using store = await openRepositoryWith({ root }, { files });
    const { writer } = await broken(store, root);
    await using _writer = writer;
    from = count();
    const outcome = await outcomeOf(writer);
    if (count() - from <= when) break;
    found[outcome] += 1;
    await other.prune('job', policy);
    expect((await other.verify('job')).problems, `pruned at ${when}`).toEqual([]);
    expect((await other.list('job')).map(({ number }) => number)).toEqual([outcome === 'committed' ? 2 : 1]);
  }
  expect(found.discarded).toBeGreaterThan(3);
  expect(found.committed).toBeGreaterThan(2);
}, 60_000);

test('at whatever step of such a prune it is committed: it is whole, or discarded', async () => {
  await using place = await temporaryPlace();
  const found = { committed: 0, discarded: 0 };
  for (let when = 0; ; when += 1) {
    const root = join(place.scratch, `committed-${when}`);
    await cp(place.root, root, { recursive: true });
    await using store = await openRepository({ root, create: true });
    const { writer } = await broken(store, root);
    await using _writer = writer;
    await forget(root, 2);
    let outcome: 'committed' | 'discarded' | undefined;
    const { files } = interrupted(async (ordinal) => {
      if (ordinal === when) outcome = await outcomeOf(writer);
    });
    await using pruning = await openRepositoryWith({ root }, { files });
    await pruning.prune('job', policy);
    if (outcome === undefined) break;
    found[outcome] += 1;
    await store.prune('job', policy);
    expect((await store.verify('job')).problems, `committed at ${when}`).toEqual([]);
    expect((await store.list('job')).map(({ number }) => number)).toEqual([outcome === 'committed' ? 2 : 1]);
  }
  expect(found.discarded).toBeGreaterThan(3);
  expect(found.committed).toBeGreaterThan(3);
}, 60_000);

test('two prunes may take it for broken off at once', async () => {
  await using place = await temporaryPlace();
  await using other = await openRepository({ root: place.root, create: true });
  await using _writer = (await broken(other, place.root)).writer;
  await forget(place.root, 2);
  const real = createFileOperations();
  const open: typeof real.open = async (path, access) => {
    if (access === 'create' && Buffer.from(path).includes('.abandoned.')) await other.prune('job', policy);
    return await real.open(path, access);
  };
  await using store = await openRepositoryWith({ root: place.root }, { files: { ...real, open } });
  await store.prune('job', policy);
  expect(numbersOf(await packsOf(place.root))).toEqual([1]);
});

test('an older snapshot of which something was written today keeps those after it too', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  await using _writer = (await broken(store, place.root)).writer;
  await writeFile(join(place.root, 'jobs/job/packs/0000000003.0000000001.a.0001.pack'), 'of the one after');
  await forget(place.root, 3);
  await store.prune('job', policy);
  expect(numbersOf(await packsOf(place.root))).toEqual([1, 2, 3]);
  await forget(place.root, 2);
  await store.prune('job', policy);
  expect(numbersOf(await packsOf(place.root))).toEqual([1]);
});

test('of a job that was given up what was written within a day stays: somebody may still be writing it', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const { writer } = await broken(store, place.root);
  await using _writer = writer;
  const prune = { keep: 0, evenNewest: true, graceMs: 0 };
  await store.prune('job', prune);
  await forget(place.root, 1);
  await store.prune('job', prune);
  expect(numbersOf(await packsOf(place.root))).toEqual([2]);
  const { outcome, summary } = await writer.commit({});
  expect(outcome).toBe('committed');
  await using reader = await store.open(summary);
  expect(Buffer.from(await reader.read('memory')).equals(second)).toBe(true);
});
