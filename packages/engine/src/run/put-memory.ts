import type { CheckpointWriter, Clock } from '@holdfast/core';
import type { MemorySource } from '../images/memory-source.js';
import type { RunEventBody } from './events.js';
import type { KeptImages } from './kept-images.js';

export interface PutMemoryOptions {
  readonly signal: AbortSignal;
  readonly emit: (event: RunEventBody) => void;
  readonly clock: Clock;
}

const silentMs = 2_000;
const everyMs = 1_000;

/** Stores the memory of a capture, as the difference to the images before where those are kept; tells how far it is. */
export async function putMemory(
  writer: Pick<CheckpointWriter, 'put'>,
  source: MemorySource,
  before: KeptImages,
  options: PutMemoryOptions,
): Promise<void> {
  const [objects, previous] = [await source.objects(), await before.pages()];
  const totalBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const tell = progressTeller(totalBytes, options);
  let done = 0;
  for (const object of objects) {
    const pages = previous.get(object.key);
    const given = pages === undefined ? object : { ...object, previous: pages };
    await writer.put(given, { signal: options.signal, onProgress: (bytes) => tell(done + bytes) });
    done += object.sizeBytes;
  }
}

function progressTeller(totalBytes: number, { emit, clock }: PutMemoryOptions): (bytes: number) => void {
  const startedMs = clock.monotonicMs();
  let nextMs = startedMs + silentMs;
  return (bytes) => {
    const nowMs = clock.monotonicMs();
    if (nowMs < nextMs) return;
    nextMs = nowMs + everyMs;
    emit({ type: 'snapshot.progress', bytes, totalBytes, bytesPerSecond: Math.round((bytes * 1000) / (nowMs - startedMs)) });
  };
}
