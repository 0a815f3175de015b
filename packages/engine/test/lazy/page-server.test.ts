import { chunkPages, type FilledRun, HoldfastError, type PageChunk, type PagedReader } from '@holdfast/core';
import { expect, test } from 'vitest';
import { servePages } from '../../src/lazy/page-server.js';
import { ScriptedPager } from './scripted-pager.js';

/** Page N of `memory/1` is full of N modulo 251; every seventh is zero. `fault` may fail a chunk. */
function memory(fault: (firstPage: number) => void = () => undefined): Pick<PagedReader, 'chunk'> {
  return {
    chunk: (_key, firstPage, pageCount): PageChunk => ({
      ahead: () => true,
      async fill(target) {
        await new Promise(setImmediate);
        fault(firstPage);
        return Array.from({ length: pageCount }, (_none, at): FilledRun => {
          const page = firstPage + at;
          if (page % 7 === 0) return { firstPage: page, pageCount: 1, offset: undefined };
          target.fill(page % 251, at * 4096, (at + 1) * 4096);
          return { firstPage: page, pageCount: 1, offset: at * 4096 };
        });
      },
      end: async () => undefined,
    }),
  };
}

const serve = (reader: Pick<PagedReader, 'chunk'>, pager: ScriptedPager, first: readonly number[] = []) =>
  servePages(reader as PagedReader, {
    folder: pager.folder,
    processes: [{ pid: 1, key: 'memory/1' }],
    first: first.map((firstPage) => ({ pid: 1, firstPage })),
  });

/** Completes once it has each page that it lacks. */
function lacking(pages: number, faults: readonly number[] = []): (socket: unknown, pager: ScriptedPager) => void {
  return (_socket, pager) => {
    const left = new Set(Array.from({ length: pages }, (_none, page) => page));
    for (const { firstPage, pageCount } of pager.received) for (let page = firstPage; page < firstPage + pageCount; page += 1) left.delete(page);
    pager.onReceived = ({ firstPage, pageCount }) => {
      for (let page = firstPage; page < firstPage + pageCount; page += 1) left.delete(page);
      if (left.size === 0) pager.say('complete');
    };
    for (const page of left) pager.say('need', 1, page, 1);
    pager.say('told');
    for (const page of faults) pager.say('fault', 1, page, 1);
    pager.say('running');
  };
}

test('what is missing comes whole and right, windows that somebody waits for before all else, then what was touched first before', async () => {
  await using pager = await ScriptedPager.start(lacking(2048, [1030, 100]));
  const { touched } = await serve(memory(), pager, [1792]);
  for (const { kind, firstPage, bytes } of pager.received) {
    if (kind === 'all') continue;
    expect(kind).toBe(firstPage % 7 === 0 ? 'zeros' : 'pages');
    expect(bytes.every((byte) => byte === firstPage % 251)).toBe(true);
  }
  const order = pager.received.filter(({ kind }) => kind !== 'all').map(({ firstPage }) => firstPage);
  expect(new Set(order).size).toBe(2048);
  expect(order.slice(0, 32).map((page) => page >> 4)).toEqual(expect.arrayContaining([100 >> 4, 1030 >> 4]));
  // The chunks of those windows, and the one that was touched first before, in front of the first other one by address.
  for (const page of [200, 1100, 1800]) expect(order.indexOf(page)).toBeLessThan(order.indexOf(300));
  expect(touched).toEqual([
    { pid: 1, firstPage: 1024 },
    { pid: 1, firstPage: 0 },
  ]);
});

test('a damaged page is told, and no byte of its chunk is sent', async () => {
  await using pager = await ScriptedPager.start(lacking(1024));
  const damaged = new HoldfastError('HF_PACK_CORRUPT', { message: 'a block is damaged', kind: 'corrupt' });
  const reader = memory((firstPage) => {
    if (firstPage === 512) throw damaged;
  });
  await expect(serve(reader, pager)).rejects.toBe(damaged);
  expect(pager.received.some(({ firstPage }) => firstPage >= 512 && firstPage < 512 + chunkPages)).toBe(false);
});

test('storage that fails ends the call; the next one sends what the pager still lacks, and no more', async () => {
  await using pager = await ScriptedPager.start(lacking(1024));
  let away = true;
  const reader = memory((firstPage) => {
    if (away && firstPage === 768) throw new HoldfastError('HF_STORAGE_IO', { message: 'the storage is away', kind: 'unavailable' });
  });
  await expect(serve(reader, pager)).rejects.toMatchObject({ code: 'HF_STORAGE_IO' });
  away = false;
  // Until what was sent has come.
  for (let count = -1; count !== pager.received.length; await new Promise((resolve) => setTimeout(resolve, 50))) count = pager.received.length;
  const before = new Set(pager.received.map(({ firstPage }) => firstPage));
  expect(before.size).toBeGreaterThan(0);
  await serve(reader, pager);
  const pages = pager.received.filter(({ kind }) => kind !== 'all').map(({ firstPage }) => firstPage);
  expect(new Set(pages).size).toBe(1024);
  expect(pages.filter((page) => page < 256).length).toBe(256);
});

test('a pager that goes away is told as lost memory', async () => {
  await using pager = await ScriptedPager.start((socket) => (socket as { destroy(): void }).destroy());
  await expect(serve(memory(), pager)).rejects.toMatchObject({ code: 'HF_MEMORY_LOST' });
});
