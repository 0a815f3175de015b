import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';

const mebibyte = 1024 * 1024;

/** `external` has the array buffers in it. */
function memoryBytes(): number {
  const { external, heapUsed } = process.memoryUsage();
  return external + heapUsed;
}

test('the memory for writing and restoring an object does not grow with the object', async () => {
  await using place = await temporaryPlace();
  const sizeBytes = 320 * mebibyte;
  const path = join(place.scratch, 'source');
  const file = await open(path, 'w');
  const chunk = patternBytes(mebibyte, 1);
  for (let offset = 0; offset < sizeBytes; offset += 2 * mebibyte) {
    chunk.writeUInt32LE(offset, 64);
    await file.write(chunk, 0, chunk.length, offset);
  }
  await file.truncate(sizeBytes);
  await file.close();
  const store = await openRepository({ root: place.root, create: true });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, memoryBytes());
  }, 5);
  try {
    const base = memoryBytes();
    await using writer = await store.begin(epoch, undefined);
    await writer.put({
      key: 'm',
      kind: 'memory',
      sizeBytes,
      source: { kind: 'path', path },
      extents: [{ firstPage: 4096, pageCount: sizeBytes / 4096, sourceOffset: 0 }],
    });
    const { summary } = await writer.commit({});
    await using reader = await store.open(summary);
    await reader.write('m', join(place.scratch, 'restored'), 'packed');
    expect(peak - base).toBeLessThan(160 * mebibyte);
  } finally {
    clearInterval(watch);
  }
}, 60_000);
