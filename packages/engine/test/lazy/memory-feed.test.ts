import { HoldfastError, silentLogger, systemClock } from '@holdfast/core';
import { expect, test } from 'vitest';
import type { MemoryEnd } from '../../src/container/keeper.js';
import type { RunningContainer } from '../../src/container/running-container.js';
import type { LazyReader, ServeOptions, ServedPages } from '../../src/lazy/lazy-reader.js';
import { MemoryFeed } from '../../src/run/memory-feed.js';

const away = new HoldfastError('HF_STORAGE_IO', { message: 'the storage is away', kind: 'unavailable' });

interface Site {
  readonly feed: MemoryFeed;
  readonly whole: (end: MemoryEnd) => void;
  readonly done: string[];
}

/** Each call of a reader's `servePages` is the next of `calls`; the last one repeats. */
function site(calls: readonly ((options: ServeOptions) => Promise<ServedPages>)[], patienceMs = 60_000): Site {
  const done: string[] = [];
  let count = 0;
  const reader = (): LazyReader =>
    ({
      servePages: (_service: unknown, options: ServeOptions) => {
        const call = calls[Math.min(count, calls.length - 1)];
        count += 1;
        done.push('served');
        return call?.(options);
      },
      [Symbol.asyncDispose]: async () => void done.push('closed'),
    }) as unknown as LazyReader;
  const { promise, resolve } = Promise.withResolvers<MemoryEnd>();
  const feed = new MemoryFeed({
    reader: reader(),
    reopen: async () => reader(),
    service: { folder: '/none', processes: [], first: [] },
    patienceMs,
    onProgress: (bytes, total) => done.push(`${bytes}/${total}`),
    totalBytes: 100,
    clock: systemClock,
    logger: silentLogger,
  });
  feed.attach({
    whole: promise,
    kill: async () => {
      done.push('killed');
      resolve('ended');
    },
  } as unknown as RunningContainer);
  return { feed, whole: resolve, done };
}

test('storage that comes back is asked again by another reader, and the job is whole with what it touched', async () => {
  const { feed, whole, done } = site([
    () => Promise.reject(away),
    async ({ onProgress }) => {
      onProgress?.(60, 100);
      whole('whole');
      return { touched: [{ pid: 1, firstPage: 256 }] };
    },
  ]);
  expect(await feed.over).toMatchObject({ outcome: 'whole', touched: [{ pid: 1, firstPage: 256 }] });
  expect(done).toEqual(['served', 'closed', 'served', '60/100', 'closed']);
  expect(feed.missingBytes).toBe(0);
});

test('storage that stays away ends the job, which is told as lost for that reason', async () => {
  const { feed, done } = site([() => Promise.reject(away)], 0);
  const end = await feed.over;
  expect(end).toMatchObject({ outcome: 'lost', error: { code: 'HF_MEMORY_LOST', cause: away } });
  expect(done.at(-1)).toBe('killed');
});

test('a damaged page ends the job at once: nobody looks at it twice', async () => {
  const { feed, done } = site([() => Promise.reject(new HoldfastError('HF_PACK_CORRUPT', { message: 'damaged', kind: 'corrupt' }))]);
  expect(await feed.over).toMatchObject({ outcome: 'lost', error: { code: 'HF_MEMORY_LOST', kind: 'corrupt' } });
  expect(done).toEqual(['served', 'closed', 'killed']);
});

test.each([
  ['ruined', { outcome: 'lost', error: { code: 'HF_MEMORY_LOST' } }],
  ['ended', { outcome: 'ended' }],
] as const)('a job that is %s is served no more', async (how, expected) => {
  const { feed, whole, done } = site([
    ({ signal }) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted')))),
  ]);
  whole(how);
  expect(await feed.over).toMatchObject(expected);
  expect(done).toEqual(['served', 'closed']);
});
