import type { CheckpointStore, CheckpointSummary, Epoch, ObjectInput } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

const page = 4096;
const holder = { attempt: 'a', host: 'h', pid: 1 };

interface Mapping {
  readonly firstPage: number;
  readonly bytes: Buffer;
}

function memory(...mappings: readonly Mapping[]): ObjectInput {
  let sourceOffset = 0;
  const extents = mappings.map(({ firstPage, bytes }) => {
    const extent = { firstPage, pageCount: bytes.length / page, sourceOffset };
    sourceOffset += bytes.length;
    return extent;
  });
  const bytes = Buffer.concat(mappings.map((mapping) => mapping.bytes));
  return { key: 'memory/7', kind: 'memory', sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents };
}

/** How many pages are stored for these mappings; what was committed is read back. */
async function storedPages(
  store: CheckpointStore,
  epoch: Epoch,
  parent: CheckpointSummary | undefined,
  ...mappings: readonly Mapping[]
): Promise<readonly [number, CheckpointSummary]> {
  await using writer = await store.begin(epoch, parent);
  const object = memory(...mappings);
  const { changedPages } = await writer.put(object);
  const { summary } = await writer.commit({});
  await using reader = await store.open(summary);
  expect(Buffer.from(await reader.read('memory/7')).equals(Buffer.concat(mappings.map(({ bytes }) => bytes)))).toBe(true);
  return [changedPages, summary];
}

const [stack, first, second] = [patternBytes(20 * page, 1), patternBytes(5000 * page, 2), patternBytes(500 * page, 3)];

test.each([
  ['by whole windows', 0x7000_0000 + 160_000],
  ['by some pages', 0x7000_0000 + 160_003],
  ['down', 0x6000_0000 - 5],
])('memory that was moved %s is not stored again, nor what grew before it', async (_, to) => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const there = { firstPage: 0x7fff_0000, bytes: stack };
  const before = [{ firstPage: 0x7000_0003, bytes: first }, { firstPage: 0x7010_0000, bytes: second }, there];
  const [whole, parent] = await storedPages(store, epoch, undefined, ...before);
  expect(whole).toBe(5520);
  const grown = Buffer.concat([first, patternBytes(40 * page, 4)]);
  grown.writeUInt32LE(7, 4711 * page);
  const moved = [{ firstPage: to, bytes: grown }, { firstPage: 0x7020_0001, bytes: second }, there].sort(
    (one, other) => one.firstPage - other.firstPage,
  );
  const [again, next] = await storedPages(store, epoch, parent, ...moved);
  expect(again).toBe(41);
  // And what was moved is known to the snapshot after.
  expect((await storedPages(store, epoch, next, ...moved))[0]).toBe(0);
});

test('memory with holes that was moved is not stored again, and holes that were filled are', async () => {
  await using place = await temporaryPlace();
  await using store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', holder, { kind: 'newest' });
  const pieces = Array.from({ length: 60 }, (_, at) => ({ firstPage: 0x7000_0001 + at * 9, bytes: patternBytes((1 + (at % 8)) * page, 10 + at) }));
  const [whole, parent] = await storedPages(store, epoch, undefined, ...pieces);
  expect(whole).toBe(262);
  const filled = { firstPage: 0x7000_0001 + 1 + 3333, bytes: patternBytes(8 * page, 99) };
  const moved = pieces.map(({ firstPage, bytes }) => ({ firstPage: firstPage + 3333, bytes })).toSpliced(1, 0, filled);
  expect((await storedPages(store, epoch, parent, ...moved))[0]).toBe(8);
});
