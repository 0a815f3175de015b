import type { HoldfastError } from '@holdfast/core';
import type { WantedChunk } from '../lazy/chunk-queue.js';
import type { RunEventBody } from './events.js';
import type { MemoryFeed } from './memory-feed.js';

/** Tells how a lazy resume ends, once it does: to whom it concerns, and as an event. */
export async function followMemory(
  feed: MemoryFeed | undefined,
  emit: (event: RunEventBody) => void,
  tell: { readonly lost: (error: HoldfastError) => void; readonly touched: (chunks: readonly WantedChunk[]) => void },
): Promise<void> {
  const end = await feed?.over;
  if (end?.outcome === 'lost') tell.lost(end.error);
  if (end?.outcome !== 'whole') return;
  if (end.touched.length > 0) tell.touched(end.touched);
  emit({ type: 'resume.whole', bytes: feed?.totalBytes ?? 0, durationMs: end.durationMs });
}
