import { silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { Covers } from '../../src/cover/covers.js';

const { signal } = new AbortController();
const means = { cache: '/dev/shm/x/criu.kdat' };
const written = { freezingMs: 0, frozenMs: 0, memoryReadMs: 0, memoryWrittenMs: 0, pagesScanned: 9000 };

function searched(find: () => Promise<typeof means> = () => Promise.resolve(means), setting: 'auto' | 'off' = 'auto') {
  const seen = { finds: 0, criu: 'a', unreadableBytes: 0 };
  const covers = new Covers({
    setting,
    logger: silentLogger,
    identify: () => Promise.resolve(seen.criu),
    unreadableBytes: () => Promise.resolve(seen.unreadableBytes),
    find: () => {
      seen.finds += 1;
      return find();
    },
  });
  return { covers, seen };
}

async function refusals(covers: Covers, count: number): Promise<readonly (string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for (let at = 0; at < count; at += 1) found.push((await covers.choose(signal)).refused);
  return found;
}

test('the means are looked for once, and anew for another CRIU', async () => {
  const { covers, seen } = searched();
  expect(await covers.choose(signal)).toEqual({ means, refused: undefined });
  expect(await refusals(covers, 3)).toEqual([undefined, undefined, undefined]);
  expect(seen.finds).toBe(1);
  seen.criu = 'b';
  await covers.choose(signal);
  expect(seen.finds).toBe(2);
});

test('where it is off nothing is looked for', async () => {
  const { covers, seen } = searched(undefined, 'off');
  expect(await refusals(covers, 2)).toEqual(['off', 'off']);
  expect(seen.finds).toBe(0);
});

test('a job that holds more than 16 MiB where it may not read has none, as long as that is so', async () => {
  const { covers, seen } = searched();
  seen.unreadableBytes = 16 * 1024 * 1024;
  expect(await refusals(covers, 1)).toEqual([undefined]);
  seen.unreadableBytes += 4096;
  expect(await refusals(covers, 2)).toEqual(['unreadable', 'unreadable']);
  seen.unreadableBytes = 0;
  expect(await refusals(covers, 1)).toEqual([undefined]);
});

test('after a refusal eight dumps go without, and then the means are looked for anew', async () => {
  const { covers, seen } = searched();
  await covers.choose(signal);
  covers.refuse('dump');
  expect(await refusals(covers, 9)).toEqual([...Array<string>(8).fill('dump'), undefined]);
  expect(seen.finds).toBe(2);
});

test('a CRIU that cannot be brought to it is no failure, but for one that was aborted', async () => {
  const { covers, seen } = searched(() => Promise.reject(new Error('it does not')));
  expect(await refusals(covers, 9)).toEqual(Array<string>(9).fill('criu'));
  expect(seen.finds).toBe(1);
  await expect(searched(() => Promise.reject(new Error('ended'))).covers.choose(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});

test.each([
  [5000, 4999, 'wrote-memory'],
  [5000, 5000, undefined],
  [4096, 0, undefined],
] as const)('of a dump that wrote %i pages and passed over %i the next one is refused: %s', async (pagesWritten, pagesSkipped, refused) => {
  const { covers } = searched();
  covers.judge({ ...written, pagesWritten, pagesSkipped });
  expect((await covers.choose(signal)).refused).toBe(refused);
  covers.judge(undefined);
});
