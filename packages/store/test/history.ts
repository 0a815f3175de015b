import { type CheckpointStore, type CheckpointSummary, type ObjectInput, pageSizeBytes } from '@holdfast/core';
import type { RandomSource } from '@holdfast/testkit/faults';

export interface Snapshot {
  readonly job: string;
  readonly number: number;
  readonly content: ReadonlyMap<string, Buffer>;
}

/** Two jobs, the first with three epochs (or as many as given), the second with one, of two snapshots each: memory, a file and a small image in each. */
export async function makeHistory(store: CheckpointStore, random: RandomSource, epochsOfFirst = 3): Promise<readonly Snapshot[]> {
  const history: Snapshot[] = [];
  for (const [job, epochs] of [
    ['first', epochsOfFirst],
    ['second', 1],
  ] as const) {
    let content = new Map([
      ['memory', randomBytes(24 * pageSizeBytes, random)],
      ['file', randomBytes(3 * pageSizeBytes + 77, random)],
      ['image', randomBytes(300, random)],
    ]);
    let parent: CheckpointSummary | undefined;
    for (let epochOrdinal = 0; epochOrdinal < epochs; epochOrdinal += 1) {
      const epoch = await store.claim(job, { attempt: `attempt-${epochOrdinal}`, host: 'host', pid: 1 }, { kind: 'newest' });
      for (let ordinal = 0; ordinal < 2; ordinal += 1) {
        await using writer = await store.begin(epoch, parent);
        for (const [key, bytes] of content) await writer.put(contiguous(key, bytes));
        parent = (await writer.commit({ number: writer.ref.number })).summary;
        history.push({ job, number: parent.number, content });
        content = new Map([...content].map(([key, bytes]) => [key, mutated(bytes, random)]));
      }
    }
  }
  return history;
}

/** Half random, half repeating, some of it zero. */
export function randomBytes(length: number, random: RandomSource): Buffer {
  const bytes = Buffer.alloc(length);
  for (let offset = 0; offset < length; offset += 1) {
    const page = Math.floor(offset / pageSizeBytes) % 4;
    if (page < 2) bytes[offset] = random(256);
    else if (page === 2) bytes[offset] = offset % 7;
  }
  return bytes;
}

/** A few bytes of some pages changed. */
export function mutated(bytes: Buffer, random: RandomSource): Buffer {
  const changed = Buffer.from(bytes);
  for (let count = 1 + random(4); count > 0; count -= 1) changed[random(changed.length)] = random(256);
  return changed;
}

export function contiguous(key: string, bytes: Buffer): ObjectInput {
  const pageCount = Math.ceil(bytes.length / pageSizeBytes);
  const kind = key === 'memory' || key === 'image' ? key : 'file';
  return { key, kind, sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents: [{ firstPage: 0, pageCount, sourceOffset: 0 }] };
}
