import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CheckpointStore, CheckpointSummary } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { createFileOperations, type FileInfo, openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { decodePin, encodePin } from '../../src/pins/pin-record.js';
import { type TemporaryPlace, temporaryPlace } from '../fixture.js';
import { scriptedOperations, systemError } from '../scripted-operations.js';

const minuteMs = 60_000;

async function threeSnapshots(place: TemporaryPlace): Promise<CheckpointStore> {
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  let parent: CheckpointSummary | undefined;
  for (let seed = 1; seed <= 3; seed += 1) parent = await commitBytes(store, epoch, parent, patternBytes(20 * 4096, seed));
  return store;
}

function pinsOf({ root }: TemporaryPlace): string {
  return join(root, 'jobs/job/pins');
}

/** A pin that its holder renewed last so long ago. */
async function pin(place: TemporaryPlace, file: string, ageMs: number, content?: Uint8Array): Promise<void> {
  await mkdir(pinsOf(place), { recursive: true });
  const path = join(pinsOf(place), file);
  const lifetimeMs = 10 * minuteMs;
  await writeFile(path, content ?? encodePin({ job: 'job', number: 1, why: 'read', createdAt: '2026-01-01T00:00:00.000Z', lifetimeMs }));
  const at = new Date(Date.now() - ageMs);
  await utimes(path, at, at);
}

async function left(store: CheckpointStore): Promise<readonly number[]> {
  await store.prune('job', { keep: 1, graceMs: 0 });
  return (await store.list('job')).map(({ number }) => number);
}

const readPin = '0000000001.read.0123456789abcdef';

test.each([
  { what: "a reader's pin renewed lately holds", file: readPin, ageMs: 9 * minuteMs, numbers: [3, 1] },
  { what: "a reader's pin not renewed for its lifetime holds nothing", file: readPin, ageMs: 11 * minuteMs, numbers: [3] },
  { what: "a damaged reader's pin has the usual lifetime", file: readPin, ageMs: 9 * minuteMs, content: Buffer.alloc(0), numbers: [3, 1] },
  { what: "a damaged reader's pin ends too", file: readPin, ageMs: 11 * minuteMs, content: Buffer.from('x'), numbers: [3] },
  { what: 'a fork under way holds for a day', file: '0000000001.fork.0000000001.new', ageMs: 23 * 60 * minuteMs, numbers: [3, 1] },
  { what: 'a fork that died holds nothing after a day', file: '0000000001.fork.0000000001.new', ageMs: 25 * 60 * minuteMs, numbers: [3] },
  { what: 'a pin made by hand holds for ever', file: '0000000001.keep-this', ageMs: 1e10, content: Buffer.alloc(0), numbers: [3, 1] },
  { what: 'a temporary file holds nothing', file: `tmp.${readPin}.0123456789abcdef`, ageMs: 0, numbers: [3] },
])('$what', async ({ file, ageMs, content, numbers }) => {
  await using place = await temporaryPlace();
  const store = await threeSnapshots(place);
  await pin(place, file, ageMs, content);
  expect(await left(store)).toEqual(numbers);
});

test.each([5 * 60, -5 * 60])('whose clock is wrong changes nothing: the storage is %i minutes ahead of this machine', async (aheadMinutes) => {
  await using place = await temporaryPlace();
  await threeSnapshots(place);
  await pin(place, readPin, 0);
  await pin(place, '0000000002.read.0123456789abcdef', 11 * minuteMs);
  const real = createFileOperations();
  const ahead = (info: FileInfo): FileInfo => ({ ...info, modifiedMs: info.modifiedMs + aheadMinutes * minuteMs });
  const inspect: typeof real.inspect = async (path) => ahead(await real.inspect(path));
  const open: typeof real.open = async (path, access) => {
    const file = await real.open(path, access);
    return { ...file, info: async () => ahead(await file.info()) };
  };
  expect(await left(await openRepositoryWith({ root: place.root }, { files: { ...real, inspect, open } }))).toEqual([3, 1]);
});

test("a fork's pin holds as long as the fork has a snapshot", async () => {
  await using place = await temporaryPlace();
  const store = await threeSnapshots(place);
  await commitBytes(store, await store.claim('new', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' }), undefined, patternBytes(4096, 1));
  await pin(place, '0000000001.fork.0000000001.new', 1e10);
  expect(await left(store)).toEqual([3, 1]);
});

test('a pin is removed once its reader is long dead', async () => {
  await using place = await temporaryPlace();
  const store = await threeSnapshots(place);
  await pin(place, readPin, 15 * minuteMs);
  await pin(place, '0000000002.read.0123456789abcdef', 25 * minuteMs);
  await left(store);
  expect(await readdir(pinsOf(place))).toEqual([readPin]);
});

test("whoever opens a snapshot says who he is, and renews his pin by the storage's time", async () => {
  await using place = await temporaryPlace();
  const { number } = (await (await threeSnapshots(place)).list('job')).at(-1) ?? { number: 0 };
  const store = await openRepositoryWith({ root: place.root }, { pinLifetimeMs: 400 });
  const reader = await store.open({ job: 'job', number });
  const [file = ''] = await readdir(pinsOf(place));
  const path = join(pinsOf(place), file);
  expect(decodePin(await readFile(path))).toMatchObject({ job: 'job', number, why: 'read', lifetimeMs: 400 });
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid, version: 1 });
  // Gone, as a prune that takes the holder for dead leaves it: the next renewal brings it back.
  await rm(path);
  while (!(await readdir(pinsOf(place))).includes(file)) await delay(20);
  await reader[Symbol.asyncDispose]();
  expect(await readdir(pinsOf(place))).toEqual([]);
});

test('a repository that takes no pin is read without one', async () => {
  await using place = await temporaryPlace();
  await threeSnapshots(place);
  for (const code of ['EROFS', 'ENOSPC', 'EACCES']) {
    const { files, log } = scriptedOperations(({ path }) => (path.includes('/pins') ? systemError(code) : undefined));
    const store = await openRepositoryWith({ root: place.root }, { files });
    await using reader = await store.open({ job: 'job', number: 1 });
    expect(Buffer.from(await reader.read('memory')).equals(patternBytes(20 * 4096, 1))).toBe(true);
    expect((await store.verify('job')).problems).toEqual([]);
    expect(log.length).toBeGreaterThan(0);
  }
});
