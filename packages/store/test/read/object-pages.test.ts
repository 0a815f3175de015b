import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chunkPages, isPagedReader } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { commitBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { readerWith } from '../store-context.js';
import { deltaChain } from './delta-chain.js';

const pageBytes = 4096;
const third = Math.floor(3000 / 3);
/** Page numbers of `deltaChain`, in the order of its bytes. */
const pages = [0, 1, 2].flatMap((part) => Array.from({ length: third }, (_none, at) => [5, 7 + third, 70_000].map((first) => first + at)[part] ?? 0));
const ordinalOf = new Map(pages.map((page, ordinal) => [page, ordinal]));

test('chunks in any order give the bytes of the object, of pages that it has and no others', async () => {
  await using place = await temporaryPlace();
  const { summary, bytes } = (await deltaChain(place, 3000, 4)).at(-1) ?? expect.unreachable();
  await using reader = await readerWith(place.root, summary);
  const firsts = [69_888, 0, 70_144, 512, 256, 768, 1024, 71_936, 30_720, 69_888];
  const buffer = Buffer.alloc(chunkPages * pageBytes);
  const seen = new Set<number>();
  for (const [turn, first] of firsts.entries()) {
    const chunk = reader.chunk('m', first, chunkPages);
    if (turn % 2 === 0) chunk.ahead();
    for (const { firstPage, pageCount, offset } of await chunk.fill(buffer)) {
      for (let page = firstPage; page < firstPage + pageCount; page += 1) {
        seen.add(page);
        const at = (ordinalOf.get(page) ?? expect.unreachable()) * pageBytes;
        const got = offset === undefined ? Buffer.alloc(pageBytes) : buffer.subarray(offset + (page - firstPage) * pageBytes).subarray(0, pageBytes);
        expect(got.equals(bytes.subarray(at, at + pageBytes))).toBe(true);
      }
    }
    await chunk.end();
    await chunk.end();
  }
  expect([...seen].sort((left, right) => left - right)).toEqual(
    pages.filter((page) => firsts.some((first) => page >= first && page < first + chunkPages)),
  );
});

test('pages are written back to back; one that the object lacks refuses them, and leaves no file', async () => {
  await using place = await temporaryPlace();
  const { summary, bytes } = (await deltaChain(place, 3000, 3)).at(-1) ?? expect.unreachable();
  await using reader = await readerWith(place.root, summary);
  const path = join(place.scratch, 'pages');
  await reader.writePages(
    'm',
    [
      { firstPage: 250, pageCount: 270 },
      { firstPage: 70_001, pageCount: 1 },
    ],
    path,
  );
  const start = (250 - 5) * pageBytes;
  const last = (2 * third + 1) * pageBytes;
  expect(await readFile(path)).toEqual(Buffer.concat([bytes.subarray(start, start + 270 * pageBytes), bytes.subarray(last, last + pageBytes)]));
  const missing = join(place.scratch, 'missing');
  await expect(reader.writePages('m', [{ firstPage: 4, pageCount: 2 }], missing)).rejects.toMatchObject({ kind: 'corrupt' });
  await expect(readFile(missing)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(() => reader.chunk('n', 0, 16)).toThrow('no object');
});

test('windows of zeros are told as such, and are nowhere in the buffer', async () => {
  await using place = await temporaryPlace();
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const bytes = Buffer.alloc(40 * pageBytes);
  bytes.fill(7, 0, 3 * pageBytes);
  const { number } = await commitBytes(store, epoch, undefined, bytes);
  await using reader = await store.open({ job: 'job', number });
  if (!isPagedReader(reader)) expect.unreachable();
  await reader.assertPresent();
  const [run] = reader.objects[0]?.runs ?? [];
  const firstPage = run?.firstPage ?? expect.unreachable();
  const chunk = reader.chunk('memory', firstPage - (firstPage % chunkPages), chunkPages);
  const filled = await chunk.fill(Buffer.alloc(chunkPages * pageBytes));
  expect(filled.filter(({ offset }) => offset !== undefined)).toMatchObject([{ firstPage, offset: 0 }]);
  expect(filled.at(-1)).toMatchObject({ offset: undefined });
  expect(filled.reduce((sum, { pageCount }) => sum + pageCount, 0)).toBe(40);
});
