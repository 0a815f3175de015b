import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointSummary, SourceExtent } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import type { TemporaryPlace } from '../fixture.js';

const page = 4096;

export interface Generation {
  readonly summary: CheckpointSummary;
  /** The packed bytes of the object `m`. */
  readonly bytes: Buffer;
}

/** Snapshots of memory in three runs, half of it random; in each generation a tenth of the pages has a few bytes changed and some pages are new, so most blocks are deltas of others. */
export async function deltaChain(
  { root, scratch }: TemporaryPlace,
  pageCount: number,
  generations: number,
  encryptionKey?: Uint8Array,
): Promise<readonly Generation[]> {
  const third = Math.floor(pageCount / 3);
  const extents: readonly SourceExtent[] = [
    { firstPage: 5, pageCount: third, sourceOffset: 0 },
    { firstPage: 7 + third, pageCount: third, sourceOffset: third * page },
    { firstPage: 70_000, pageCount: pageCount - 2 * third, sourceOffset: 2 * third * page },
  ];
  await using store = await openRepository({ root, create: true, ...(encryptionKey === undefined ? {} : { encryptionKey }) });
  const epoch = await store.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
  const result: Generation[] = [];
  const bytes = Buffer.alloc(pageCount * page);
  for (let number = 0; number < generations; number += 1) {
    for (let at = 0; at < pageCount; at += 1) change(bytes.subarray(at * page, (at + 1) * page), number === 0);
    const path = join(scratch, String(number));
    await writeFile(path, bytes);
    await using writer = await store.begin(epoch, result.at(-1)?.summary);
    const object = { key: 'm', kind: 'memory', sizeBytes: bytes.length, source: { kind: 'path', path }, extents } as const;
    const previous = { source: { kind: 'path', path: join(scratch, String(number - 1)) }, extents } as const;
    await writer.put(number === 0 ? object : { ...object, previous });
    result.push({ summary: (await writer.commit({})).summary, bytes: Buffer.from(bytes) });
  }
  return result;
}

function change(bytes: Buffer, first: boolean): void {
  const chance = Math.random();
  if (first && chance < 0.6) randomBytes(page / 2).copy(bytes, 100);
  else if (first && chance < 0.9) bytes.fill(randomBytes(1), 8);
  else if (chance < 0.1) randomBytes(8).copy(bytes, 16);
  else if (chance < 0.11) randomBytes(page).copy(bytes);
  else if (chance < 0.12) bytes.fill(0);
}
