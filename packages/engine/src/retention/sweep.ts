import { type CallOptions, type CheckpointStore, isHoldfastError, type MetadataStore } from '@holdfast/core';
import { missingJob } from '../deployment/missing-job.js';
import { fitInto } from './fit-into.js';
import { type SweptByRule, sweepJob } from './sweep-job.js';
import type { SweepOptions } from './sweep-options.js';
import { underSweepLease } from './sweep-lease.js';
import type { SweepReport, SweepRequest, SweptJob } from './types.js';

/** Removes what the policy does not keep; see `Deployment.prune`. */
export async function sweep(options: SweepOptions, { job, dryRun = false }: SweepRequest, callOptions: CallOptions): Promise<SweepReport> {
  const { store, config, logger } = options;
  if (job !== undefined) return await sweepOne(options, job, dryRun, callOptions);
  const lease = { repositoryId: store.repositoryId, ttlMs: config.lease.ttlMs, logger, ...callOptions };
  const report = await underSweepLease(options.catalog, lease, (catalog) => sweepAll(options, catalog, dryRun, callOptions));
  return 'jobs' in report ? report : { ...nothing(dryRun), skipped: report.skipped };
}

async function sweepOne(options: SweepOptions, job: string, dryRun: boolean, callOptions: CallOptions): Promise<SweepReport> {
  if ((await options.store.state(job, callOptions)).epoch === undefined) {
    throw missingJob(job, 'prune');
  }
  // Without the catalog nobody knows who runs the job: it is not taken for abandoned.
  const catalog = await options.catalog(callOptions).catch(() => undefined);
  const swept = await sweepJob(options, catalog, job, undefined, dryRun, callOptions);
  return { ...nothing(dryRun), jobs: [swept.report], freedBytes: swept.report.freedBytes };
}

async function sweepAll(options: SweepOptions, catalog: MetadataStore, dryRun: boolean, callOptions: CallOptions): Promise<SweepReport> {
  const { store, config, logger } = options;
  const swept = new Map<string, SweptByRule>();
  for (const job of await store.jobs(callOptions)) {
    const result = await orProblem(job, () => sweepJob(options, catalog, job, undefined, dryRun, callOptions));
    if (result.report.problem !== undefined) logger.warn({ job, error: result.report.problem }, 'a job could not be swept');
    swept.set(job, result);
  }
  const { maxBytes } = config.retention;
  let overBytes = 0;
  if (maxBytes !== undefined) {
    const fit = fitInto(await usageOf(store, [...swept.values()], callOptions), maxBytes);
    overBytes = fit.overBytes;
    for (const [job, count] of fit.removals) {
      const before = swept.get(job);
      if (before === undefined) continue;
      const more = await orProblem(job, () => sweepJob(options, catalog, job, count, dryRun, callOptions));
      swept.set(job, { ...before, report: joined(before.report, more.report) });
    }
  }
  const jobs = [...swept.values()].map(({ report }) => report);
  return { ...nothing(dryRun), jobs, freedBytes: jobs.reduce((sum, { freedBytes }) => sum + freedBytes, 0), overBytes };
}

async function usageOf(store: CheckpointStore, swept: readonly SweptByRule[], options: CallOptions): Promise<Parameters<typeof fitInto>[0]> {
  const jobs = [];
  for (const { ended, report } of swept) {
    if (report.problem !== undefined) continue;
    // In a dry run what would be removed is still there.
    const gone = new Set(report.removed.map(({ number }) => number));
    const snapshots = (await store.usage(report.job, options)).filter(({ number }) => !gone.has(number));
    jobs.push({ job: report.job, ended, snapshots });
  }
  return jobs;
}

async function orProblem(job: string, work: () => Promise<SweptByRule>): Promise<SweptByRule> {
  try {
    return await work();
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    return { ended: false, report: { job, removed: [], waiting: [], freedBytes: 0, problem: error.message } };
  }
}

/** In a dry run the second call tells the removals of the first one again. */
function joined(before: SweptJob, more: SweptJob): SweptJob {
  const told = new Set(before.removed.map(({ number }) => number));
  return {
    job: before.job,
    removed: [...before.removed, ...more.removed.filter(({ number }) => !told.has(number))].sort((a, b) => b.number - a.number),
    waiting: more.waiting,
    freedBytes: before.freedBytes + more.freedBytes,
    problem: more.problem,
  };
}

function nothing(dryRun: boolean): SweepReport {
  return { dryRun, skipped: undefined, jobs: [], freedBytes: 0, overBytes: 0 };
}
