import type { NoticeJob } from './notice-job.js';
import { planNotice } from './notice-plan.js';

export interface NoticeQueueOptions {
  /** Those that are protected now: one that begins meanwhile has its turn too. */
  readonly jobs: () => readonly NoticeJob[];
  readonly now: () => number;
  readonly bytesPerSecond: () => number;
  readonly leftMs: () => number;
}

export interface QueuedJob {
  readonly job: NoticeJob;
  readonly makesIt: boolean;
}

const mostTries = 2;

/** Who is next, planned anew each time by what is left then. A job whose snapshot failed comes once more, after all others. */
export class NoticeQueue {
  readonly #options: NoticeQueueOptions;
  readonly #bytes = new Map<string, number>();
  readonly #tries = new Map<string, number>();
  readonly #underWay = new Set<string>();

  constructor(options: NoticeQueueOptions) {
    this.#options = options;
  }

  /** The job is under way from then on, until `done`. Undefined where nobody waits. */
  async take(): Promise<QueuedJob | undefined> {
    await this.#measure();
    for (let tries = 0; tries < mostTries; tries += 1) {
      const next = this.#choose(tries);
      if (next === undefined) continue;
      this.#tries.set(next.job.job, tries + 1);
      this.#underWay.add(next.job.job);
      return next;
    }
    return undefined;
  }

  done(job: NoticeJob, succeeded: boolean): void {
    this.#underWay.delete(job.job);
    if (succeeded) this.#tries.set(job.job, mostTries);
  }

  #choose(tries: number): QueuedJob | undefined {
    const { jobs, now, leftMs, bytesPerSecond } = this.#options;
    const waiting = jobs().filter(({ job }) => this.#bytes.has(job) && !this.#underWay.has(job) && (this.#tries.get(job) ?? 0) === tries);
    const candidates = waiting.map(({ job, lastCommittedAt }) => ({
      job,
      lossMs: now() - lastCommittedAt.getTime(),
      expectedBytes: this.#bytes.get(job) ?? 0,
    }));
    const backlogBytes = [...this.#underWay].reduce((sum, job) => sum + (this.#bytes.get(job) ?? 0), 0);
    const [first] = planNotice(candidates, { leftMs: leftMs(), bytesPerSecond: bytesPerSecond(), backlogBytes });
    const job = waiting.find((each) => each.job === first?.job);
    return job === undefined || first === undefined ? undefined : { job, makesIt: first.makesIt };
  }

  /** Once a job: it does not grow so much within a notice that the order would be another. */
  async #measure(): Promise<void> {
    const unknown = this.#options.jobs().filter(({ job }) => !this.#bytes.has(job));
    await Promise.all(
      unknown.map(async (job) => {
        this.#bytes.set(job.job, await job.expectedBytes().catch(() => 0));
      }),
    );
  }
}
