import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageSizeBytes } from '@holdfast/core/basics';
import { eachBounded } from '../files/each-bounded.js';
import type { LazyReader } from '../lazy/lazy-reader.js';
import { assertImageName } from './image-names.js';
import type { LazyPlan, PlannedMap } from './lazy-plan.js';
import { imageKey, imageName } from './memory-keys.js';
import type { SinkOptions } from './memory-source.js';
import { withoutLazyPages } from './pagemap.js';

const readerConcurrency = 4;

/**
 * Puts a snapshot's images into a folder, new or empty, for a restore that is lazy: what may come later is in no pages image, and the page maps say so. Had they
 * not, CRIU would look for it there.
 */
export async function writeLazyImages(reader: LazyReader, plan: LazyPlan, folder: string, options: SinkOptions = {}): Promise<void> {
  const { signal, onProgress } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = reader.objects.flatMap(({ key }) => imageName(key) ?? []);
  await eachBounded(names, { concurrency: readerConcurrency, signal }, (name) =>
    reader.write(imageKey(name), join(folder, assertImageName(name)), 'sparse', { signal }),
  );
  let bytes = 0;
  await eachBounded(plan.maps, { concurrency: readerConcurrency, signal }, async (map) => {
    const path = join(folder, assertImageName(map.name));
    if (map.lazy.length > 0) await writeFile(path, withoutLazyPages(await readFile(path), map.name));
    await writePages(reader, map, join(folder, assertImageName(map.pagesImage)), options);
    bytes += map.eager.reduce((sum, { pageCount }) => sum + pageCount, 0) * pageSizeBytes;
    onProgress?.(bytes);
  });
}

async function writePages(reader: LazyReader, { key, eager, lazy }: PlannedMap, path: string, { signal }: SinkOptions): Promise<void> {
  if (key === undefined || eager.length === 0) return (await open(path, 'wx', 0o600)).close();
  // Shared memory, whole.
  if (lazy.length === 0) return reader.write(key, path, 'packed', { signal });
  return reader.writePages(key, eager, path, { signal });
}

/** The file that tells the pager what is missing: a line for each run, pid, address and pages, in hexadecimal but for the pid. */
export function rangesText({ maps }: LazyPlan): string {
  return maps
    .flatMap(({ pid, lazy }) =>
      lazy.map(({ firstPage, pageCount }) => `${pid} ${(BigInt(firstPage) * BigInt(pageSizeBytes)).toString(16)} ${pageCount.toString(16)}\n`),
    )
    .join('');
}
