import { type CallOptions, type CheckpointStore, type Logger, type MetadataStore, systemClock } from '@holdfast/core';
import { bringInLine } from '../catalog/bring-in-line.js';
import { isProcessAlive } from '../container/process-identity.js';
import { notRunning, requestSnapshot, requestStop } from '../run/control-client.js';
import { findRuns } from '../run/run-record.js';
import { exportJob } from './export-job.js';
import { forkJob } from './fork-job.js';
import { importJob } from './import-job.js';
import { listJobs, totalJobs } from './list-jobs.js';
import { missingJob } from './missing-job.js';
import { removeJob } from './remove-job.js';
import { showJob } from './show-job.js';
import type { DeploymentJobs } from './types.js';

export interface JobsOptions {
  readonly stateDirectory: string;
  readonly graceMs: number;
  readonly leaseTtlMs: number;
  readonly logger: Logger;
  readonly store: (options: CallOptions) => Promise<CheckpointStore>;
  readonly catalog: (options: CallOptions) => Promise<MetadataStore>;
}

export function createJobs(context: JobsOptions): DeploymentJobs {
  const { stateDirectory, store, catalog } = context;
  return {
    list: (query = {}, options = {}) => listJobs(query, options, context),
    totals: (options = {}) => totalJobs(options, context),
    show: (job, { events = {}, ...options } = {}) => showJob(job, events, options, context),
    verify: async (job, options = {}) => {
      const repository = await store(options);
      if (job !== undefined && !(await repository.jobs(options)).includes(job)) throw missingJob(job);
      return repository.verify(job, options);
    },
    snapshot: async (job, options = {}) => requestSnapshot(await runDirectory(stateDirectory, job), job, options),
    stop: async (job, options = {}) => requestStop(await runDirectory(stateDirectory, job), job, options),
    fork: async (job, request, options = {}) => {
      const repository = await store(options);
      if (!(await repository.jobs(options)).includes(job)) throw missingJob(job);
      return forkJob(job, request, options, { store: repository, catalog, clock: systemClock });
    },
    prune: async (job, keep, { dryRun = false, ...options } = {}) => {
      const repository = await store(options);
      if (!(await repository.jobs(options)).includes(job)) throw missingJob(job);
      const report = await repository.prune(job, { keep, graceMs: context.graceMs, dryRun }, options);
      // The catalog is an index: what it misses here, the next prune mends, or a rebuild.
      if (!dryRun)
        await catalog(options)
          .then((index) => bringInLine({ store: repository, catalog: index, logger: context.logger }, job, options))
          .catch(() => undefined);
      return report;
    },
    remove: (job, { force = false, ...options } = {}) => removeJob(context, job, force, options),
    export: (job, target, options = {}) => exportJob(context, job, target, options),
    import: (source, job, options = {}) => importJob({ ...context, clock: systemClock }, source, job, options),
  };
}

/** Of the run of this job that is alive on this machine. */
async function runDirectory(stateDirectory: string, job: string): Promise<string> {
  for (const { directory, record } of await findRuns(stateDirectory)) if (record?.job === job && isProcessAlive(record.owner)) return directory;
  throw notRunning(job);
}
