import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointRef, type CheckpointStore, type CheckpointSummary, type Epoch, silentLogger, systemClock } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations } from '@holdfast/store/internal';
import { memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { createKeyedHash } from '../../src/codec/create-keyed-hash.js';
import { readManifest } from '../../src/manifest/read-manifest.js';
import { jobPaths, type StoreContext } from '../../src/repository/store-context.js';
import { InlineWorkers } from '../../src/workers/inline-workers.js';
import { deltaDepths } from '../../src/manifest/delta-depths.js';
import { temporaryPlace } from '../fixture.js';

const page = 4096;
const holder = { attempt: 'a', host: 'h', pid: 1 };

/** Incompressible pages of which every third had eight bytes changed. */
function nextState(before: Buffer, generation: number): Buffer {
  const after = Buffer.from(before);
  for (let at = (generation % 3) * page; at < after.length; at += 3 * page) after.writeDoubleLE(Math.sqrt(generation + at), at + 1000);
  return after;
}

interface Generations {
  readonly store: CheckpointStore;
  readonly epoch: Epoch;
  readonly scratch: string;
}

async function commit(
  { store, epoch, scratch }: Generations,
  parent: CheckpointRef | undefined,
  bytes: Buffer,
  number: number,
): Promise<CheckpointSummary> {
  await using writer = await store.begin(epoch, parent);
  const object = memoryObject('m', bytes);
  const previous = { source: { kind: 'path', path: join(scratch, String(number - 1)) }, extents: object.extents } as const;
  await writer.put(number === 0 ? object : { ...object, previous });
  await writeFile(join(scratch, String(number)), bytes);
  return (await writer.commit({})).summary;
}

function contextOf(root: string, { repositoryId }: CheckpointStore): StoreContext {
  const hashKey = Buffer.alloc(32);
  const rest = { logger: silentLogger, clock: systemClock, compress: true, packTargetBytes: 1 };
  return {
    ...rest,
    files: createFileOperations(),
    root,
    repositoryId,
    hash: createKeyedHash('xxh3-128', hashKey),
    workers: new InlineWorkers({ hash: { kind: 'xxh3-128', key: hashKey }, cipher: undefined }),
  };
}

test('a few bytes changed in many pages are stored as little, and every generation comes back', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const generations = { store, epoch, scratch: place.scratch };
  const states = [patternBytes(600 * page, 1)];
  const summaries = [await commit(generations, undefined, states[0] ?? Buffer.alloc(0), 0)];
  for (let number = 1; number <= 10; number += 1) {
    const state = nextState(states[number - 1] ?? Buffer.alloc(0), number);
    states.push(state);
    summaries.push(await commit(generations, summaries[number - 1], state, number));
  }
  // 200 pages changed in each; without differences each would be stored in 800 KiB.
  for (const { storedBytes } of summaries.slice(1, 5)) expect(storedBytes).toBeLessThan((200 * page) / 20);
  for (const [number, state] of states.entries()) {
    await using reader = await store.open(summaries[number] ?? { job: 'job', number: -1 });
    expect(Buffer.from(await reader.read('m')).equals(state)).toBe(true);
  }
  expect((await store.verify(undefined)).problems).toEqual([]);
});

test('deltas of deltas are bounded in depth, and a manifest lists the blocks that they need', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const generations = { store, epoch, scratch: place.scratch };
  let state = patternBytes(300 * page, 1);
  let parent = await commit(generations, undefined, state, 0);
  const depths: number[] = [];
  for (let number = 1; number <= 8; number += 1) {
    // The same pages each time, so that each difference is to the one before.
    state = nextState(state, 3 * number);
    parent = await commit(generations, parent, state, number);
    const { blocks } = await readManifest(contextOf(place.root, store), jobPaths(place.root, 'job'), parent);
    depths.push(Math.max(0, ...deltaDepths(blocks.bases).values()));
  }
  expect(depths).toEqual([1, 2, 3, 4, 0, 1, 2, 3]);
});

test('a snapshot that stands on deltas is whole after those that it was made from are pruned', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const generations = { store, epoch, scratch: place.scratch };
  let state = patternBytes(300 * page, 1);
  let parent = await commit(generations, undefined, state, 0);
  for (let number = 1; number <= 4; number += 1) {
    state = nextState(state, number);
    parent = await commit(generations, parent, state, number);
  }
  await store.prune('job', { keep: 1 });
  await using reader = await store.open(parent);
  expect(Buffer.from(await reader.read('m')).equals(state)).toBe(true);
  expect(await store.list('job')).toHaveLength(1);
});

test('pages of random content that are new altogether are stored as they are', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const generations = { store, epoch, scratch: place.scratch };
  const parent = await commit(generations, undefined, patternBytes(300 * page, 1), 0);
  const other = await commit(generations, parent, patternBytes(300 * page, 2), 1);
  const { blocks } = await readManifest(contextOf(place.root, store), jobPaths(place.root, 'job'), other);
  expect(blocks.bases).toEqual([]);
});

test('only pages that are much like their older selves are stored as differences, and only blocks that have such pages are named as bases', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const generations = { store, epoch, scratch: place.scratch };
  const state = patternBytes(512 * page, 1);
  const first = await commit(generations, undefined, state, 0);
  const context = contextOf(place.root, store);
  const { blocks: before } = await readManifest(context, jobPaths(place.root, 'job'), first);
  expect(before.length).toBe(2);
  const after = Buffer.from(state);
  // Of the first block one page in four is another; of the second, one in four has eight bytes changed.
  for (let at = 0; at < 256; at += 4) patternBytes(page, 1000 + at).copy(after, at * page);
  for (let at = 256; at < 512; at += 4) after.writeDoubleLE(at, at * page + 1000);
  const second = await commit(generations, first, after, 1);
  const { blocks } = await readManifest(context, jobPaths(place.root, 'job'), second);
  const bases = blocks.bases.filter((_, at) => at % 2 === 1).map((ordinal) => blocks.ids.subarray(ordinal * 16, ordinal * 16 + 16).toString('hex'));
  expect(bases).toEqual([before.ids.subarray(16, 32).toString('hex')]);
  // 64 whole pages of random bytes, and 64 differences of eight bytes.
  expect(second.storedBytes).toBeLessThan(64 * page + 64 * 100);
  await using reader = await store.open(second);
  expect(Buffer.from(await reader.read('m')).equals(after)).toBe(true);
});
