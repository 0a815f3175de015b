import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointReader } from '@holdfast/core';
import type { ArchivedObject } from './archive-manifest.js';
import { packedBytes } from './sparse-map.js';

/** Up to this an object is read into memory; a larger one goes by a file of the transfer's folder. */
const inMemoryBytes = 4 * 1024 * 1024;
const chunkBytes = 1024 * 1024;

/** An object's pages back to back, as they are read and verified by the store. */
export async function* objectBody(
  reader: CheckpointReader,
  object: ArchivedObject,
  folder: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (packedBytes(object) <= inMemoryBytes) {
    yield await reader.read(object.key, { signal });
    return;
  }
  const path = join(folder, 'object');
  try {
    await reader.write(object.key, path, 'packed', { signal });
    yield* createReadStream(path, { highWaterMark: chunkBytes, signal }) as AsyncIterable<Buffer>;
  } finally {
    await rm(path, { force: true });
  }
}
