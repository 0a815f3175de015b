import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectInput, SourceExtent } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { encryptionKey, temporaryPlace } from '../fixture.js';

const page = 4096;
const pageCount = 1500;
const holder = { attempt: 'a', host: 'h', pid: 1 };

/** With pages and windows of zeros, and windows of a few pages only. */
function content(seed: number): Buffer {
  return patternBytes(pageCount * page, seed)
    .fill(0, 5 * page, 6 * page)
    .fill(0, 300 * page, 340 * page);
}

function extents(kind: ObjectInput['kind']): readonly SourceExtent[] {
  if (kind !== 'memory') return [{ firstPage: 0, pageCount, sourceOffset: 0 }];
  const [first, second] = [700, 3];
  return [
    { firstPage: 9, pageCount: first, sourceOffset: 0 },
    { firstPage: 1000, pageCount: second, sourceOffset: first * page },
    { firstPage: 2000, pageCount: pageCount - first - second, sourceOffset: (first + second) * page },
  ];
}

function fromFile(key: string, kind: ObjectInput['kind'], path: string): ObjectInput {
  return { key, kind, sizeBytes: pageCount * page, source: { kind: 'path', path }, extents: extents(kind) };
}

test.each(['memory', 'file'] as const)('an encrypted repository finds the changed pages of a large %s, and no others', async (kind) => {
  await using place = await temporaryPlace();
  const path = join(place.scratch, 'content');
  await using store = await openRepository({ root: place.root, create: true, encryptionKey });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const before = content(1);
  const after = Buffer.from(before).fill(7, 0, 9);
  for (const number of [5, 17, 305, 701, 1499]) after.fill(number, number * page, number * page + 100);
  let parent = undefined;
  const changed: number[] = [];
  for (const bytes of [before, before, after, before]) {
    await writeFile(path, bytes);
    await using writer = await store.begin(epoch, parent);
    changed.push((await writer.put(fromFile('m', kind, path))).changedPages);
    parent = (await writer.commit({})).summary;
  }
  // All but 41 zero ones, nothing, those six, and of them those that were not zero before.
  expect(changed).toEqual([1459, 0, 6, 4]);
  for (const [number, bytes] of [before, before, after, before].entries()) {
    await using reader = await store.open({ job: 'job', number: number + 1 });
    expect(Buffer.from(await reader.read('m')).equals(bytes)).toBe(true);
  }
});

test('a large object of several files is read from each of them', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true, encryptionKey });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const [first, second] = [content(1), content(2)];
  const paths = [join(place.scratch, 'first'), join(place.scratch, 'second')] as const;
  await writeFile(paths[0], first);
  await writeFile(paths[1], second);
  await using writer = await store.begin(epoch, undefined);
  const halves = [0, 1].map((half) => ({ firstPage: half * 750, pageCount: 750, sourceOffset: half * 750 * page, sourceIndex: half }));
  await writer.put({ ...fromFile('m', 'memory', paths[0]), furtherSources: [{ kind: 'path', path: paths[1] }], extents: halves });
  const { summary } = await writer.commit({});
  await using reader = await store.open(summary);
  const expected = Buffer.concat([first.subarray(0, 750 * page), second.subarray(750 * page)]);
  expect(Buffer.from(await reader.read('m')).equals(expected)).toBe(true);
});

test('pages that a large object has in common with the one that it is like are stored once', async () => {
  await using place = await temporaryPlace();
  const path = join(place.scratch, 'content');
  await writeFile(path, content(1));
  await using store = await openRepository({ root: place.root, create: true, encryptionKey });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  await using writer = await store.begin(epoch, undefined);
  await writer.put(fromFile('one', 'memory', path));
  await writeFile(path, content(1).fill(9, 44 * page, 45 * page));
  expect(await writer.put({ ...fromFile('two', 'memory', path), like: 'one' })).toMatchObject({ changedPages: 1 });
});

test.each(['memory', 'file'] as const)('a large %s that is shorter than announced is refused, and the writer takes others', async (kind) => {
  await using place = await temporaryPlace();
  const path = join(place.scratch, 'content');
  await writeFile(path, content(1));
  await truncate(path, 1100 * page + 5);
  await using store = await openRepository({ root: place.root, create: true, encryptionKey });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  await using writer = await store.begin(epoch, undefined);
  await expect(writer.put(fromFile('m', kind, path))).rejects.toMatchObject({ code: 'HF_FILE_CHANGED' });
  await writeFile(path, content(2));
  expect((await writer.put(fromFile('m', kind, path))).changedPages).toBe(1459);
  const { summary } = await writer.commit({});
  await using reader = await store.open(summary);
  expect(Buffer.from(await reader.read('m')).equals(content(2))).toBe(true);
});
