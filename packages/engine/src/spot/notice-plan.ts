export interface NoticeCandidate {
  readonly job: string;
  /** What would be lost with the machine now: the time since what the job did was last safe. */
  readonly lossMs: number;
  /** What a dump of it would hold, about. */
  readonly expectedBytes: number;
}

export interface PlannedJob {
  readonly job: string;
  readonly expectedMs: number;
  /** By what was measured. One that does not is tried all the same, after the others. */
  readonly makesIt: boolean;
}

export interface NoticeTerms {
  /** Until the machine goes away; may be negative. */
  readonly leftMs: number;
  /** Of a snapshot from its beginning to its commit, as measured. */
  readonly bytesPerSecond: number;
  /** Of those under way: it is persisted first. */
  readonly backlogBytes?: number;
}

/** Freeze, first look and commit take so long however small a job is. */
const fixedMs = 1500;
const steps = 2000;

/**
 * The order in which the last snapshots are begun, so that the least work is lost: chosen are those which together fit into what is left and would lose the
 * most (a knapsack, solved exactly but for time in steps of a two-thousandth, rounded up). Among them, and then among the rest, who would lose
 * the most per second of its snapshot comes first: where storage is slower than it was, the most is safe at any moment.
 */
export function planNotice(candidates: readonly NoticeCandidate[], terms: NoticeTerms): readonly PlannedJob[] {
  const { leftMs, bytesPerSecond, backlogBytes = 0 } = terms;
  const jobs = candidates
    .map((candidate) => ({ ...candidate, expectedMs: fixedMs + (candidate.expectedBytes * 1000) / bytesPerSecond }))
    .toSorted((a, b) => b.lossMs / b.expectedMs - a.lossMs / a.expectedMs || (a.job < b.job ? -1 : 1));
  const chosen = chooseFitting(jobs, leftMs - (backlogBytes * 1000) / bytesPerSecond);
  const planned = jobs.map(({ job, expectedMs }) => ({ job, expectedMs, makesIt: chosen.has(job) }));
  return [...planned.filter(({ makesIt }) => makesIt), ...planned.filter(({ makesIt }) => !makesIt)];
}

interface TimedJob extends NoticeCandidate {
  readonly expectedMs: number;
}

function chooseFitting(jobs: readonly TimedJob[], budgetMs: number): ReadonlySet<string> {
  const all = jobs.reduce((sum, { expectedMs }) => sum + expectedMs, 0);
  if (all <= budgetMs) return new Set(jobs.map(({ job }) => job));
  if (budgetMs <= 0) return new Set();
  const stepMs = budgetMs / steps;
  /** The most that can be saved in so many steps of the jobs looked at, and which of them are taken there. */
  const best = new Float64Array(steps + 1);
  const takes = jobs.map(() => new Uint8Array(steps + 1));
  const lengths = jobs.map(({ expectedMs }) => Math.ceil(expectedMs / stepMs));
  jobs.forEach(({ lossMs }, index) => {
    const length = lengths[index] ?? 0;
    for (let step = steps; step >= length; step -= 1) {
      // A job that would lose nothing is better safe too.
      const saved = (best[step - length] ?? 0) + Math.max(lossMs, 0) + 1;
      if (saved <= (best[step] ?? 0)) continue;
      best[step] = saved;
      const taken = takes[index];
      if (taken !== undefined) taken[step] = 1;
    }
  });
  const chosen = new Set<string>();
  let step = steps;
  for (let index = jobs.length - 1; index >= 0; index -= 1) {
    const job = jobs[index];
    if (job === undefined || takes[index]?.[step] !== 1) continue;
    chosen.add(job.job);
    step -= lengths[index] ?? 0;
  }
  return chosen;
}
