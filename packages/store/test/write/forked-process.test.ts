import { openRepository } from '@holdfast/store';
import { memoryObject, patternBytes, withChangedPages } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

const page = 4096;
const holder = { attempt: 'a', host: 'h', pid: 1 };

test('pages that a forked process has in common with the one it comes from are kept once', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const origin = patternBytes(5000 * page, 1);
  const forked = withChangedPages(origin, [3, 1000, 4999]);
  await using writer = await store.begin(epoch, undefined);
  expect((await writer.put(memoryObject('1', origin))).changedPages).toBe(5000);
  expect((await writer.put({ ...memoryObject('2', forked), like: '1' })).changedPages).toBe(3);
  expect((await writer.put({ ...memoryObject('3', forked), like: '2' })).changedPages).toBe(0);
  const { summary } = await writer.commit({});
  await using reader = await store.open(summary);
  expect(Buffer.from(await reader.read('2')).equals(forked)).toBe(true);
  expect(Buffer.from(await reader.read('3')).equals(forked)).toBe(true);
  expect(Buffer.from(await reader.read('1')).equals(origin)).toBe(true);
});

test('a process that is compared with its parent snapshot finds new pages in the one that it was forked from', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const before = patternBytes(100 * page, 1);
  await using first = await store.begin(epoch, undefined);
  await first.put(memoryObject('1', before));
  await first.put({ ...memoryObject('2', before), like: '1' });
  const { summary: parent } = await first.commit({});
  const after = withChangedPages(before, [10, 20]);
  await using second = await store.begin(epoch, parent);
  expect((await second.put(memoryObject('1', after))).changedPages).toBe(2);
  expect((await second.put({ ...memoryObject('2', after), like: '1' })).changedPages).toBe(0);
});
