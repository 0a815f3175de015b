import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointSummary } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { commitBytes, memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { applyFault } from '@holdfast/testkit/faults';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

const holder = { attempt: 'a', host: 'h', pid: 1 };
const before = patternBytes(64 * 4096, 1);
const after = Buffer.from(before).fill(3, 20 * 4096, 20 * 4096 + 9);
const hashes = 'jobs/job/manifests/0000000001.0000000001.a.pages';

test.each([
  ['missing', (root: string) => rm(join(root, hashes))],
  ['cut', (root: string) => truncate(join(root, hashes), 100)],
  ['noise', (root: string) => writeFile(join(root, hashes), patternBytes(1500, 9))],
  ['flipped in its hashes', (root: string) => applyFault(root, { kind: 'flip', path: hashes, offset: 96 + 20 * 16, mask: 1 })],
  ['flipped in its head', (root: string) => applyFault(root, { kind: 'flip', path: hashes, offset: 20, mask: 1 })],
])('page hashes that are %s make the next snapshot larger, not wrong', async (_what, damage) => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const parent = await commitBytes(store, epoch, undefined, before);
  await damage(place.root);
  await using writer = await store.begin(epoch, parent);
  // The page's whole window, since nothing finer is known.
  expect((await writer.put(memoryObject('memory', after))).changedPages).toBe(16);
  const { summary } = await writer.commit({});
  await using reader = await store.open(summary);
  expect(Buffer.from(await reader.read('memory')).equals(after)).toBe(true);
  await using next = await store.begin(epoch, summary);
  expect((await next.put(memoryObject('memory', before))).changedPages).toBe(1);
});

test("a piece of another snapshot's page hashes is not taken for one of this, wherever it lies", async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const one = await commitBytes(store, epoch, undefined, before);
  const older = await readFile(join(place.root, hashes));
  const two = await commitBytes(store, epoch, one, after);
  const newer = join(place.root, hashes.replace('0000000001.', '0000000002.'));
  const mixed = await readFile(newer);
  older.copy(mixed, 96, 96, 96 + 65 * 16);
  await writeFile(newer, mixed);
  await using writer = await store.begin(epoch, two);
  await writer.put(memoryObject('memory', before));
  const { summary } = await writer.commit({});
  await using reader = await store.open(summary);
  expect(Buffer.from(await reader.read('memory')).equals(before)).toBe(true);
});

test('page hashes are kept for the newest snapshot only', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const first = await store.claim('job', holder, { kind: 'newest' });
  const one = await commitBytes(store, first, undefined, before);
  const two = await commitBytes(store, first, one, after);
  const second = await store.claim('job', { ...holder, attempt: 'b' }, { kind: 'newest' });
  await commitBytes(store, second, two, before);
  const files = await readdir(join(place.root, 'jobs/job/manifests'));
  expect(files.filter((file) => file.endsWith('.pages'))).toEqual(['0000000003.0000000002.b.pages']);
});

test.each([
  ['the old one', 35, 16],
  ['the new one', 16, 35],
  ['both', 35, 35],
])(
  'page hashes of unchanged windows are known to the snapshot after the next, also where a window lies in two chunks of %s',
  async (_what, first, second) => {
    await using place = await temporaryPlace();
    const store = await openRepository({ root: place.root, create: true });
    const epoch = await store.claim('job', holder, { kind: 'newest' });
    // A chunk has 4096 hashes. Where the first window begins with page 35, the one of page 4128 begins with hash 4093.
    const bytes = patternBytes(4232 * 4096, 1);
    const memoryFrom = (page: number, all: Buffer): ReturnType<typeof memoryObject> =>
      memoryObject('memory', all.subarray(page * 4096), 0x7ee0 + page);
    let parent: CheckpointSummary | undefined;
    for (const page of [first, second]) {
      await using writer = await store.begin(epoch, parent);
      await writer.put(memoryFrom(page, bytes));
      parent = (await writer.commit({})).summary;
    }
    const changed = Buffer.from(bytes);
    const pages = [48, 4111, 4128, 4130, 4131, 4143, 4231];
    for (const page of pages) changed.fill(3, page * 4096, page * 4096 + 9);
    await using writer = await store.begin(epoch, parent);
    expect((await writer.put(memoryFrom(second, changed))).changedPages).toBe(pages.length);
  },
);

test('page hashes that were damaged when an object was kept are found again with the next look at its pages, zero pages or not', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const withZeros = Buffer.from(before).fill(0, 22 * 4096, 24 * 4096);
  const one = await commitBytes(store, epoch, undefined, withZeros);
  await applyFault(place.root, { kind: 'flip', path: hashes, offset: 96 + 20 * 16, mask: 1 });
  await using keeping = await store.begin(epoch, one);
  await keeping.keep('memory');
  const kept = await keeping.commit({});
  const looked = await commitBytes(store, epoch, kept.summary, withZeros);
  await using writer = await store.begin(epoch, looked);
  expect((await writer.put(memoryObject('memory', Buffer.from(withZeros).fill(3, 20 * 4096, 20 * 4096 + 9)))).changedPages).toBe(1);
});
