import { type CheckpointRef, type CheckpointStore, type CheckpointSummary, type Epoch, type ObjectInput, pageSizeBytes } from '@holdfast/core';

/** Bytes that differ with the seed and do not compress well; no page of them is all zero. */
export function patternBytes(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  for (let offset = 0; offset + 4 <= length; offset += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE(state, offset);
  }
  return bytes.fill(seed % 255, length - (length % 4));
}

/** Memory of one run that begins at page `firstPage`. */
export function memoryObject(key: string, bytes: Uint8Array, firstPage: number = 0x7f00): ObjectInput {
  const extents = [{ firstPage, pageCount: bytes.length / pageSizeBytes, sourceOffset: 0 }];
  return { key, kind: 'memory', sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents };
}

/** A file without holes. */
export function fileObject(key: string, bytes: Uint8Array): ObjectInput {
  const pageCount = Math.ceil(bytes.length / pageSizeBytes);
  const extents = pageCount === 0 ? [] : [{ firstPage: 0, pageCount, sourceOffset: 0 }];
  return { key, kind: 'file', sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents };
}

/** Commits a snapshot of one memory object, `memory`. */
export async function commitBytes(
  store: CheckpointStore,
  epoch: Epoch,
  parent: CheckpointRef | undefined,
  bytes: Uint8Array,
): Promise<CheckpointSummary> {
  await using writer = await store.begin(epoch, parent);
  await writer.put(memoryObject('memory', bytes));
  const { outcome, summary } = await writer.commit({ length: bytes.length });
  if (outcome !== 'committed') throw new Error(`snapshot ${summary.number} was ${outcome}`);
  return summary;
}

/** What `commitBytes` stored, read back. */
export async function readBytes(store: CheckpointStore, job: string, number: number): Promise<Buffer> {
  await using reader = await store.open({ job, number });
  return Buffer.from(await reader.read('memory'));
}

/** The same bytes with these pages changed. */
export function withChangedPages(bytes: Buffer, pages: readonly number[]): Buffer {
  const changed = Buffer.from(bytes);
  for (const page of pages) changed[page * pageSizeBytes + 7] = (changed[page * pageSizeBytes + 7] ?? 0) ^ 0x5a;
  return changed;
}
