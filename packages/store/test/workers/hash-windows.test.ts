import { closeSync, openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
// The built thread pool: its threads run a program that lies beside it.
import { ThreadPool } from '../../dist/workers/thread-pool.js';
import { createKeyedHash } from '../../src/codec/create-keyed-hash.js';
import type { BlockWorkers } from '../../src/workers/block-workers.js';
import { InlineWorkers } from '../../src/workers/inline-workers.js';
import { WindowSlot } from '../../src/workers/window-slot.js';
import { temporaryPlace } from '../fixture.js';

const start = { hash: { kind: 'blake3-128', key: Buffer.alloc(32, 7) }, cipher: undefined } as const;
const hash = createKeyedHash(start.hash.kind, start.hash.key);
const page = 4096;
const unwritten = Buffer.alloc(16);

function hashOf(bytes: Buffer): Buffer {
  const result = Buffer.alloc(16);
  hash.into(result, 0, bytes);
  return result;
}

/** Windows of 16, 3 and 16 pages, the last of zeros; page 1 is zero too. */
function content(): Buffer {
  return patternBytes(35 * page, 5)
    .fill(0, page, 2 * page)
    .fill(0, 19 * page);
}

function askingSlot(expected: readonly Buffer[]): WindowSlot {
  const slot = new WindowSlot();
  const windows = [
    { offset: 0, pageCount: 16 },
    { offset: 16 * page, pageCount: 3 },
    { offset: 19 * page, pageCount: 16 },
  ];
  for (const [index, window] of windows.entries())
    slot.setWindow(
      index,
      window,
      expected.map((hashes) => ({ hashes, at: 16 })),
    );
  return slot;
}

const kinds: readonly (readonly [string, () => BlockWorkers])[] = [
  ['the calling thread', () => new InlineWorkers(start)],
  ['other threads', () => new ThreadPool(start, 2)],
];

test.each(kinds)('%s gives the hashes of windows, and of the pages of those that are none of the expected ones', async (_which, create) => {
  await using workers = create();
  const bytes = content();
  const second = hashOf(bytes.subarray(16 * page, 19 * page));
  const expected = [Buffer.concat([second, Buffer.alloc(16)]), Buffer.concat([Buffer.alloc(16), second])];
  // The pool does the first few itself.
  for (let call = 0; call < 6; call += 1) {
    const slot = askingSlot(expected);
    bytes.copy(slot.pages);
    expect(await workers.hash(slot, { count: 3 })).toBe(true);
    expect(slot.windowHash(0)).toEqual(hashOf(bytes.subarray(0, 16 * page)));
    expect(slot.windowHash(1)).toEqual(second);
    expect([0, 1, 2].map((index) => slot.hasPageHashes(index))).toEqual([true, false, false]);
    for (const number of [0, 2, 15]) expect(slot.pageHash(number * page)).toEqual(hashOf(bytes.subarray(number * page, (number + 1) * page)));
    expect([slot.windowHash(2), slot.pageHash(page), slot.pageHash(16 * page)]).toEqual([unwritten, unwritten, unwritten]);
  }
});

test.each(kinds)('%s reads the pages first, and says where there are fewer', async (_which, create) => {
  await using place = await temporaryPlace();
  await using workers = create();
  const [bytes, path] = [content(), join(place.scratch, 'pages')];
  await writeFile(path, Buffer.concat([bytes.subarray(16 * page), bytes.subarray(0, 16 * page)]));
  const descriptor = openSync(path, 'r');
  try {
    const pieces = [
      { descriptor, offset: 16 * page, pageCount: 19, sourceOffset: 0 },
      { descriptor, offset: 0, pageCount: 16, sourceOffset: 19 * page },
    ];
    for (let call = 0; call < 6; call += 1) {
      const slot = askingSlot([]);
      expect(await workers.hash(slot, { count: 3, reads: pieces })).toBe(true);
      expect(slot.pages.subarray(0, bytes.length).equals(bytes)).toBe(true);
      expect(slot.windowHash(0)).toEqual(hashOf(bytes.subarray(0, 16 * page)));
      const beyond = [{ descriptor, offset: 0, pageCount: 16, sourceOffset: 20 * page }];
      expect(await workers.hash(askingSlot([]), { count: 3, reads: beyond })).toBe(false);
    }
  } finally {
    closeSync(descriptor);
  }
});

test('what was computed for the windows that a slot had before is not taken for that of new ones', async () => {
  const workers = new InlineWorkers(start);
  const slot = askingSlot([]);
  content().copy(slot.pages);
  await workers.hash(slot, { count: 3 });
  expect(slot.hasPageHashes(0)).toBe(true);
  slot.setWindow(0, { offset: 0, pageCount: 16 }, []);
  expect(slot.hasPageHashes(0)).toBe(false);
});
