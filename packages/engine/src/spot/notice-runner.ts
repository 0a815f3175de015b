import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Logger } from '@holdfast/core';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import type { Interruption } from './interruption.js';
import type { NoticeJob } from './notice-job.js';
import { NoticeQueue } from './notice-queue.js';

/** `held`: durable in time, and the job frozen. `late`: the same after the announced time. `failed`: the job runs on without it. */
export type NoticeOutcome = 'held' | 'late' | 'failed';

export interface NoticeRunnerOptions {
  /** Those that are protected now. */
  readonly jobs: () => readonly NoticeJob[];
  /** Of a snapshot on this node, from its beginning to its commit. */
  readonly bytesPerSecond: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the wait for the machine's end; what is under way goes on. */
  readonly signal: AbortSignal;
  readonly onOutcome?: (outcome: NoticeOutcome) => void;
  /** Snapshots under way at a time: one is dumped while another is persisted. Default 2. */
  readonly atOnce?: number;
  /** After so long it is looked again whether another job is protected by now, as after a restart of the agent. Default 500. */
  readonly lookAgainMs?: number;
  /** So long after its announced end a machine that still is there is believed to stay. Default 5 min. */
  readonly outliveMs?: number;
}

/** Another notice may move the time. */
const longestWaitMs = 1000;

/** Takes snapshots where the end of the machine is announced or likely. Nothing here rejects: what fails is logged, and the jobs go on. */
export class NoticeRunner {
  readonly #options: NoticeRunnerOptions;
  readonly #held = new Set<NoticeJob>();
  #interruption: Interruption | undefined;
  #ending: Promise<void> | undefined;
  #early: Promise<void> | undefined;

  constructor(options: NoticeRunnerOptions) {
    this.#options = options;
  }

  /** Takes an early snapshot of every job, one after the other, who would lose the most first. A repeat joins. */
  rebalance(): Promise<void> {
    this.#early ??= this.#snapshotEarly().finally(() => {
      this.#early = undefined;
    });
    return this.#early;
  }

  /**
   * Takes a last snapshot of every job and holds it frozen from then on; where the machine still is there five minutes after its announced end, the jobs are
   * released. Resolves after that. Another notice meanwhile moves the time. A machine that hibernates keeps its memory: its jobs get an early snapshot.
   */
  interruption(interruption: Interruption): Promise<void> {
    if (interruption.action === 'hibernate') return this.rebalance();
    this.#interruption = interruption;
    this.#ending ??= this.#end().finally(() => {
      this.#ending = undefined;
      this.#interruption = undefined;
    });
    return this.#ending;
  }

  async #snapshotEarly(): Promise<void> {
    const { logger } = this.#options;
    const queue = this.#queue(() => Number.POSITIVE_INFINITY);
    for (let next = await queue.take(); next !== undefined; next = await queue.take()) {
      // From here on each job gets its last one.
      if (this.#interruption !== undefined) return;
      const { job } = next;
      await job.snapshot('early').catch((error: unknown) => logger.warn({ job: job.job, ...toldOf(error) }, 'an early snapshot failed'));
      queue.done(job, true);
    }
  }

  async #end(): Promise<void> {
    const { atOnce = 2, signal } = this.#options;
    const queue = this.#queue(() => this.#leftMs());
    const working = Promise.all(Array.from({ length: atOnce }, () => this.#work(queue)));
    for (let waitMs = this.#outliveMs(); waitMs > 0 && !signal.aborted; waitMs = this.#outliveMs()) await this.#wait(waitMs);
    if (signal.aborted) return;
    await Promise.all([...this.#held].map((job) => this.#release(job)));
    await working;
  }

  /** Until the announced time, so that who comes late has a turn. */
  async #work(queue: NoticeQueue): Promise<void> {
    const { logger, onOutcome, signal, lookAgainMs = 500 } = this.#options;
    while (!signal.aborted) {
      const next = await queue.take();
      if (next === undefined && this.#leftMs() <= 0) return;
      if (next === undefined) {
        await this.#wait(lookAgainMs);
        continue;
      }
      const { job, makesIt } = next;
      if (!makesIt) logger.warn({ job: job.job, leftMs: this.#leftMs() }, 'a last snapshot is not expected to be safe in time; it is tried');
      const outcome = await this.#hold(job);
      queue.done(job, outcome !== 'failed');
      if (outcome !== undefined) onOutcome?.(outcome);
    }
  }

  async #wait(ms: number): Promise<void> {
    await delay(Math.min(ms, longestWaitMs), undefined, { signal: this.#options.signal, ref: false }).catch(() => undefined);
  }

  /** Undefined where the job ended meanwhile. */
  async #hold(job: NoticeJob): Promise<NoticeOutcome | undefined> {
    const { logger } = this.#options;
    try {
      const { number } = await job.snapshot('hold');
      const leftMs = this.#leftMs();
      logger.info({ job: job.job, snapshot: number, leftMs }, 'the last snapshot before the end of this machine is safe, the job is frozen');
      this.#held.add(job);
      if (this.#outliveMs() <= 0) await this.#release(job);
      return leftMs >= 0 ? 'held' : 'late';
    } catch (error) {
      if (asHoldfastError(error).code === 'HF_JOB_NOT_RUNNING') return undefined;
      logger.warn({ job: job.job, ...toldOf(error) }, 'the last snapshot before the end of this machine failed, the job runs on');
      return 'failed';
    }
  }

  async #release(job: NoticeJob): Promise<void> {
    const { logger } = this.#options;
    this.#held.delete(job);
    await job.release().catch((error: unknown) => logger.error({ job: job.job, ...toldOf(error) }, 'a held job was not released'));
  }

  #queue(leftMs: () => number): NoticeQueue {
    const { jobs, clock, bytesPerSecond } = this.#options;
    return new NoticeQueue({ jobs, now: () => clock.now().getTime(), bytesPerSecond, leftMs });
  }

  /** Until the announced end. */
  #leftMs(): number {
    const { clock } = this.#options;
    return (this.#interruption?.at.getTime() ?? 0) - clock.now().getTime();
  }

  /** Until the machine is believed to stay. */
  #outliveMs(): number {
    return this.#leftMs() + (this.#options.outliveMs ?? 300_000);
  }
}

function toldOf(error: unknown): { readonly code: string; readonly reason: string } {
  const { code, message } = asHoldfastError(error);
  return { code, reason: message };
}
