import { type CheckpointWriter, type Clock, pageSizeBytes } from '@holdfast/core';
import type { MemorySource } from '../images/memory-source.js';
import type { RunEventBody } from './events.js';
import type { KeptImages } from './kept-images.js';
import { progressTeller } from './progress-teller.js';

export interface PutMemoryOptions {
  readonly signal: AbortSignal;
  readonly emit: (event: RunEventBody) => void;
  readonly clock: Clock;
}

/**
 * Stores the memory of a capture, as the difference to the images before where those are kept; tells how far it is. Resolves with how many bytes of it were
 * known to be as before, and not read.
 */
export async function putMemory(
  writer: Pick<CheckpointWriter, 'put'>,
  source: MemorySource,
  before: KeptImages,
  options: PutMemoryOptions,
): Promise<number> {
  const objects = await source.objects();
  const totalBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const tell = progressTeller(options.clock, (progress) => options.emit({ type: 'snapshot.progress', ...progress }));
  let [done, unreadPages] = [0, 0];
  for (const object of objects) {
    const pages = before.pages.get(object.key);
    const given = pages === undefined ? object : { ...object, previous: pages };
    const put = await writer.put(given, { signal: options.signal, onProgress: (bytes) => tell(done + bytes, totalBytes) });
    done += object.sizeBytes;
    unreadPages += put.unreadPages;
  }
  return unreadPages * pageSizeBytes;
}
