import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { isHoldfastError } from '@holdfast/core';
import { archiveIo } from './archive-errors.js';

const chunkBytes = 1024 * 1024;

/** The bytes of an archive: of a file, or of a stream of the caller's, which an abort ends. What the system says of it becomes HF_ARCHIVE_IO. */
export async function* readArchiveSource(source: string | Readable, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const stream = typeof source === 'string' ? createReadStream(source, { highWaterMark: chunkBytes }) : source;
  if (signal !== undefined) addAbortSignal(signal, stream);
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (signal?.aborted === true || isHoldfastError(error)) throw error;
    throw archiveIo('read', typeof source === 'string' ? source : 'on the given stream', error);
  }
}
