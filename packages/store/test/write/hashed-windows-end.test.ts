import { setImmediate } from 'node:timers/promises';
import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { BoundedPool } from '../../src/workers/bounded-pool.js';
import type { BlockWorkers } from '../../src/workers/block-workers.js';
import { WindowSlot } from '../../src/workers/window-slot.js';
import { hashedWindows } from '../../src/write/hashed-windows.js';
import { checkObject } from '../../src/write/object-input.js';
import { PageSources } from '../../src/write/page-source.js';

const pageCount = 1500;

test('whoever stops looking at windows waits for the threads that still read: the descriptor is closed after that', async () => {
  const bytes = patternBytes(pageCount * 4096, 1);
  const extents = [{ firstPage: 0, pageCount, sourceOffset: 0 }];
  const object = checkObject({ key: 'm', kind: 'file', sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents });
  const reading: ((done: boolean) => void)[] = [];
  const workers: Pick<BlockWorkers, 'width' | 'hash'> = { width: 2, hash: () => new Promise((resolve) => reading.push(resolve)) };
  const sources = new PageSources([{ fill: () => Promise.resolve(), descriptor: 0, close: () => Promise.resolve() }]);
  const slots = new BoundedPool(4, () => new WindowSlot());
  const windows = hashedWindows(object, sources, [], { workers: workers as BlockWorkers, slots });
  const first = windows.next();
  await setImmediate();
  reading.shift()?.(true);
  await first;
  const events: string[] = [];
  const ended = windows.return(undefined).then(() => events.push('ended'));
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
  expect(reading.length).toBeGreaterThan(1);
  for (const done of reading) {
    events.push('read');
    done(true);
  }
  await ended;
  expect(events.at(-1)).toBe('ended');
  expect(events.slice(0, -1)).toEqual(reading.map(() => 'read'));
});
