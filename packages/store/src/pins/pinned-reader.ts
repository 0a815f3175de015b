import type { PagedReader } from '@holdfast/core';
import type { ReadPin } from './read-pin.js';

/** The same reader, whose snapshot stays whole until it is disposed of. */
export function pinnedReader(reader: PagedReader, pin: ReadPin): PagedReader {
  return {
    summary: reader.summary,
    metadata: reader.metadata,
    objects: reader.objects,
    read: (...given) => reader.read(...given),
    write: (...given) => reader.write(...given),
    chunk: (...given) => reader.chunk(...given),
    assertPresent: (...given) => reader.assertPresent(...given),
    writePages: (...given) => reader.writePages(...given),
    matches: (...given) => reader.matches(...given),
    verify: (...given) => reader.verify(...given),
    [Symbol.asyncDispose]: async () => {
      try {
        await reader[Symbol.asyncDispose]();
      } finally {
        await pin[Symbol.asyncDispose]();
      }
    },
  };
}
