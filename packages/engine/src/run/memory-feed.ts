import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, HoldfastError, type Logger } from '@holdfast/core';
import type { RunningContainer } from '../container/running-container.js';
import type { WantedChunk } from '../lazy/chunk-queue.js';
import type { LazyReader, PageService } from '../lazy/lazy-reader.js';
import { asHoldfastError } from './as-holdfast-error.js';

export interface MemoryFeedOptions {
  readonly reader: LazyReader;
  /** Opens the snapshot again. */
  readonly reopen: (signal: AbortSignal) => Promise<LazyReader>;
  readonly service: PageService;
  /** How long no page may come before the job is given up. */
  readonly patienceMs: number;
  readonly onProgress: (bytes: number, totalBytes: number) => void;
  readonly totalBytes: number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly logger: Logger;
}

/** How it ended: every page is there; the job ended first; or it was ended, since pages cannot come. */
export type FeedEnd =
  | { readonly outcome: 'whole'; readonly touched: readonly WantedChunk[]; readonly durationMs: number }
  | { readonly outcome: 'ended' }
  | { readonly outcome: 'lost'; readonly error: HoldfastError };

const longestPauseMs = 5_000;

/** Brings a job that runs already the rest of its memory. A storage that fails is asked again, for as long as it may; then the job is ended. */
export class MemoryFeed {
  /** Never rejects. */
  readonly over: Promise<FeedEnd>;
  readonly #options: MemoryFeedOptions;
  readonly #controller = new AbortController();
  readonly #served: Promise<readonly WantedChunk[] | HoldfastError | undefined>;
  readonly #end: (end: FeedEnd) => void;
  readonly #startedMs: number;
  #leftBytes: number;
  #isOver = false;
  #progressMs: number;

  /** Serves from now on; the pager need not be there yet. */
  constructor(options: MemoryFeedOptions) {
    this.#options = options;
    this.#leftBytes = options.totalBytes;
    this.#startedMs = options.clock.monotonicMs();
    this.#progressMs = this.#startedMs;
    const { promise, resolve } = Promise.withResolvers<FeedEnd>();
    this.over = promise;
    this.#end = (end) => {
      this.#isOver = true;
      resolve(end);
    };
    this.#served = this.#serve().catch((error: unknown) => (this.#controller.signal.aborted ? undefined : asHoldfastError(error)));
  }

  get totalBytes(): number {
    return this.#options.totalBytes;
  }

  /** Pages that were sent are not there before this. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** As far as is known. */
  get missingBytes(): number {
    return this.#leftBytes;
  }

  /** The job runs. It is ended where its pages cannot come. */
  attach(container: RunningContainer): void {
    void this.#watch(container);
  }

  /** Of a job that did not come up. */
  async close(): Promise<void> {
    this.#controller.abort();
    await this.#served;
    this.#end({ outcome: 'ended' });
  }

  async #watch(container: RunningContainer): Promise<void> {
    const failed = this.#served.then((served) => (served instanceof HoldfastError ? served : undefined));
    const gaveUp = new Promise<HoldfastError>((resolve) => void failed.then((error) => error !== undefined && resolve(error)));
    const end = await Promise.race([container.whole ?? ('whole' as const), gaveUp]);
    if (end instanceof HoldfastError) {
      await container.kill().catch((error: unknown) => this.#options.logger.error({ error: String(error) }, 'the job could not be ended'));
      return this.#end({ outcome: 'lost', error: end });
    }
    // The pager says so before its socket closes; what it had to say of the order comes with the answer.
    const served = end === 'whole' ? await Promise.race([this.#served, delay(1_000, undefined, { ref: false })]) : undefined;
    this.#controller.abort();
    await this.#served;
    if (end === 'ruined') return this.#end({ outcome: 'lost', error: ruined() });
    if (end === 'ended') return this.#end({ outcome: 'ended' });
    this.#leftBytes = 0;
    this.#end({
      outcome: 'whole',
      touched: Array.isArray(served) ? served : [],
      durationMs: Math.round(this.#options.clock.monotonicMs() - this.#startedMs),
    });
  }

  async #serve(): Promise<readonly WantedChunk[]> {
    const { service, patienceMs, clock, logger } = this.#options;
    const { signal } = this.#controller;
    let reader: LazyReader | undefined = this.#options.reader;
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        reader ??= await this.#options.reopen(signal);
        const { touched } = await reader.servePages(service, { signal, onProgress: (sent, missing) => this.#note(sent, missing) });
        return touched;
      } catch (error) {
        const failure = asHoldfastError(error);
        // Another look would not find other bytes.
        if (failure.kind === 'corrupt' || failure.kind === 'newer-format') throw damaged(failure);
        if (signal.aborted) throw failure;
        if (clock.monotonicMs() - this.#progressMs > patienceMs) throw stayedAway(patienceMs, failure);
        logger.warn({ error: failure.message }, 'pages of the resumed job do not come; trying again');
      } finally {
        await reader?.[Symbol.asyncDispose]();
        reader = undefined;
      }
      await delay(pauseMs, undefined, { signal });
    }
  }

  #note(sentBytes: number, missingBytes: number): void {
    // Before the pager has told what it lacks, nothing is asked of the storage.
    if (sentBytes > 0 || missingBytes === 0) this.#progressMs = this.#options.clock.monotonicMs();
    if (missingBytes === 0) return;
    this.#leftBytes = Math.min(missingBytes - sentBytes, this.#leftBytes);
    this.#options.onProgress(this.#options.totalBytes - this.#leftBytes, this.#options.totalBytes);
  }
}

function stayedAway(patienceMs: number, cause: HoldfastError): HoldfastError {
  return new HoldfastError('HF_MEMORY_LOST', {
    message: `the job was ended: pages of its memory did not come for ${Math.round(patienceMs / 1000)} s (${cause.message})`,
    kind: 'unavailable',
    retry: 'yes',
    operation: 'resume',
    hint: 'it is resumed from the same snapshot once the storage answers: run the same line again',
    cause,
  });
}

function damaged(cause: HoldfastError): HoldfastError {
  return new HoldfastError('HF_MEMORY_LOST', {
    message: `the job was ended: a page of its memory cannot be used (${cause.message})`,
    kind: 'corrupt',
    operation: 'resume',
    hint: 'a resume with all memory first takes the snapshot before this one: run the same line with --resume eager',
    cause,
  });
}

function ruined(): HoldfastError {
  return new HoldfastError('HF_MEMORY_LOST', {
    message: 'the job was ended: what brings the rest of its memory was killed, or could not go on',
    kind: 'unavailable',
    retry: 'yes',
    operation: 'resume',
    hint: 'the same line again resumes it from the same snapshot; look at the kernel log where this repeats',
  });
}
