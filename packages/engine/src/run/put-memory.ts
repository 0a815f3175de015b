import type { CheckpointWriter, Clock } from '@holdfast/core';
import type { MemorySource } from '../images/memory-source.js';
import type { RunEventBody } from './events.js';
import type { KeptImages } from './kept-images.js';
import { progressTeller } from './progress-teller.js';

export interface PutMemoryOptions {
  readonly signal: AbortSignal;
  readonly emit: (event: RunEventBody) => void;
  readonly clock: Clock;
}

/** Stores the memory of a capture, as the difference to the images before where those are kept; tells how far it is. */
export async function putMemory(
  writer: Pick<CheckpointWriter, 'put'>,
  source: MemorySource,
  before: KeptImages,
  options: PutMemoryOptions,
): Promise<void> {
  const objects = await source.objects();
  const totalBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const tell = progressTeller(options.clock, (progress) => options.emit({ type: 'snapshot.progress', ...progress }));
  let done = 0;
  for (const object of objects) {
    const pages = before.pages.get(object.key);
    const given = pages === undefined ? object : { ...object, previous: pages };
    await writer.put(given, { signal: options.signal, onProgress: (bytes) => tell(done + bytes, totalBytes) });
    done += object.sizeBytes;
  }
}
