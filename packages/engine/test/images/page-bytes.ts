import type { StagedImages } from '../../src/images/staged-images.js';
import { closeSync, openSync, readSync } from 'node:fs';
import type { ObjectInput } from '@holdfast/core';

const pageBytes = 4096;

/** Every page of an object of memory, wherever it is to be read from. */
export function pagesOf({ source, furtherSources = [], extents }: ObjectInput): ReadonlyMap<number, Buffer> {
  const files = [source, ...furtherSources].map((one) => (one.kind === 'path' ? openSync(Buffer.from(one.path), 'r') : -1));
  const pages = new Map<number, Buffer>();
  try {
    for (const { firstPage, pageCount, sourceOffset, sourceIndex = 0 } of extents) {
      for (let at = 0; at < pageCount; at += 1) {
        const page = Buffer.alloc(pageBytes);
        if (readSync(files[sourceIndex] ?? -1, page, 0, pageBytes, sourceOffset + at * pageBytes) !== pageBytes)
          throw new Error(`page ${firstPage + at} cannot be read`);
        pages.set(firstPage + at, page);
      }
    }
  } finally {
    for (const file of files) closeSync(file);
  }
  return pages;
}

/** By object and page. */
export async function memoryOf(images: StagedImages): Promise<ReadonlyMap<string, ReadonlyMap<number, Buffer>>> {
  const objects = (await images.objects()).filter(({ kind }) => kind === 'memory');
  return new Map(objects.map((object) => [object.key, pagesOf(object)]));
}
