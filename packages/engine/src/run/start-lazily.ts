import type { CheckpointRef, CheckpointStore, Clock, Logger } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core';
import type { RunningContainer } from '../container/running-container.js';
import { rangesText } from '../images/lazy-images.js';
import type { LazyPlan } from '../images/lazy-plan.js';
import type { WantedChunk } from '../lazy/chunk-queue.js';
import { isLazyReader, type LazyReader } from '../lazy/lazy-reader.js';
import type { RunEventBody } from './events.js';
import { MemoryFeed } from './memory-feed.js';
import { progressTeller } from './progress-teller.js';

/** What a container needs to be restored while its memory is missing. */
export interface LazyStart {
  readonly ranges: string;
  readonly patienceMs: number;
}

export interface LazyStartOptions {
  readonly plan: LazyPlan;
  /** The feed's from here on. */
  readonly reader: LazyReader;
  readonly pager: { readonly folder: string; readonly patienceMs: number };
  readonly first: readonly WantedChunk[];
  readonly store: CheckpointStore;
  readonly candidate: CheckpointRef;
  readonly emit: (event: RunEventBody) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly start: (lazy: LazyStart) => Promise<RunningContainer>;
}

/** The pager gives up after the engine: only where that hangs. */
const pagerPatience = 3;

/** Restores the container, and brings it the rest of its memory. */
export async function startLazily(options: LazyStartOptions): Promise<{ readonly container: RunningContainer; readonly feed: MemoryFeed }> {
  const { plan, reader, pager, first, store, candidate, emit, clock, logger, start } = options;
  const processes = plan.maps.flatMap(({ pid, key, lazy }) => (pid === undefined || key === undefined || lazy.length === 0 ? [] : [{ pid, key }]));
  const tell = progressTeller(clock, (progress) => emit({ type: 'resume.pages', ...progress }));
  const feed = new MemoryFeed({
    reader,
    reopen: async (signal) => {
      const again = await store.open(candidate, { signal });
      if (isLazyReader(again)) return again;
      await again[Symbol.asyncDispose]();
      throw new HoldfastError('HF_UNEXPECTED', { message: 'the repository gives no pages by themselves any more', kind: 'unexpected' });
    },
    service: { folder: pager.folder, processes, first },
    patienceMs: pager.patienceMs,
    onProgress: tell,
    totalBytes: plan.lazyBytes,
    clock,
    logger,
  });
  try {
    const container = await start({ ranges: rangesText(plan), patienceMs: pager.patienceMs * pagerPatience });
    feed.attach(container);
    return { container, feed };
  } catch (error) {
    await feed.close();
    throw error;
  }
}
