import { type CheckpointWriter, type ObjectInput, type ObjectResult, type PutOptions, silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import type { RunEventBody } from '../../src/run/events.js';
import { KeptImages } from '../../src/run/kept-images.js';
import { putMemory } from '../../src/run/put-memory.js';

const mebibyte = 1024 * 1024;

function memory(key: string): ObjectInput {
  return { key, kind: 'memory', sizeBytes: 100 * mebibyte, source: { kind: 'path', path: '/nowhere' }, extents: [] };
}

test('a long store of memory is told once a second after two, over all objects, with its rate; what was not read of them is counted', async () => {
  let nowMs = 0;
  const events: RunEventBody[] = [];
  const put = (_object: ObjectInput, options?: PutOptions): Promise<ObjectResult> => {
    for (let done = 10; done <= 100; done += 10) {
      nowMs += 250;
      options?.onProgress?.(done * mebibyte);
    }
    return Promise.resolve({ changedPages: 0, unreadPages: 3 });
  };
  const writer: Pick<CheckpointWriter, 'put'> = { put };
  await using kept = new KeptImages(silentLogger);
  const unreadBytes = await putMemory(writer, { objects: () => Promise.resolve([memory('a'), memory('b')]) }, kept, {
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    clock: { now: () => new Date(0), monotonicMs: () => nowMs },
  });
  expect(unreadBytes).toBe(2 * 3 * 4096);
  const rate = 40 * mebibyte;
  expect(events).toEqual(
    [80, 120, 160, 200].map((done) => ({ type: 'snapshot.progress', bytes: done * mebibyte, totalBytes: 200 * mebibyte, bytesPerSecond: rate })),
  );
});
