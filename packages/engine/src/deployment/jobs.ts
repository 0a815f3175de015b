import {
  type AttemptRecord,
  type CallOptions,
  type CheckpointStore,
  isHoldfastError,
  type JobQuery,
  type JobRecord,
  type Lease,
  type Logger,
  type MetadataStore,
  type Page,
  systemClock,
} from '@holdfast/core';
import { isProcessAlive } from '../container/process-identity.js';
import { isHeld } from '../run/is-held.js';
import { notRunning, requestSnapshot } from '../run/control-client.js';
import { findRuns } from '../run/run-record.js';
import { allCheckpoints } from '../catalog/all-checkpoints.js';
import { exportJob } from './export-job.js';
import { importJob } from './import-job.js';
import { forkJob } from './fork-job.js';
import { missing } from './missing-job.js';
import { removeJob } from './remove-job.js';
import type { DeploymentJobs, JobDetail, JobPage } from './types.js';

const namedJobs = 10;

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
    list: (query = {}, options = {}) => list(query, options, { store, catalog }),
    show: (job, options = {}) => show(job, options, context),
    verify: async (job, options = {}) => {
      const repository = await store(options);
      if (job !== undefined && !(await repository.jobs(options)).includes(job)) throw missing(job);
      return repository.verify(job, options);
    },
    snapshot: async (job, options = {}) => {
      for (const { directory, record } of await findRuns(stateDirectory)) {
        if (record?.job === job && isProcessAlive(record.owner)) return requestSnapshot(directory, job, options);
      }
      throw notRunning(job);
    },
    fork: async (job, request, options = {}) => {
      const repository = await store(options);
      if (!(await repository.jobs(options)).includes(job)) throw missing(job);
      return forkJob(job, request, options, { store: repository, catalog, clock: systemClock });
    },
    prune: async (job, keep, { dryRun = false, ...options } = {}) => {
      const repository = await store(options);
      if (!(await repository.jobs(options)).includes(job)) throw missing(job);
      const report = await repository.prune(job, { keep, graceMs: context.graceMs, dryRun }, options);
      const numbers = report.removed.map(({ number }) => number);
      // The catalog is an index: what it misses here, a rebuild mends.
      if (!dryRun)
        await catalog(options)
          .then((index) => index.removeCheckpoints(job, numbers, options))
          .catch(() => undefined);
      return report;
    },
    remove: (job, { force = false, ...options } = {}) => removeJob(context, job, force, options),
    export: (job, target, options = {}) => exportJob(context, job, target, options),
    import: (source, job, options = {}) => importJob({ ...context, clock: systemClock }, source, job, options),
  };
}

/** A job whose Holdfast died is still noted as running: its lease tells. */
async function list(query: JobQuery, options: CallOptions, { store, catalog: open }: Pick<JobsOptions, 'store' | 'catalog'>): Promise<JobPage> {
  const catalog = await open(options);
  const repository = await repositoryOf(store, options);
  const page = await catalog.listJobs({ ...repository.query, ...query }, options);
  const items = await Promise.all(
    page.items.map(async (record) => {
      if (record.status !== 'running') return record;
      const lease = await catalog.currentLease(record.job, options);
      return isHeld(lease) ? record : { ...record, status: 'interrupted' as const };
    }),
  );
  return { ...page, items, warning: repository.warning ?? unknownJobs(query, page, repository.jobs) };
}

/** What this machine's catalog has never heard of, as after the loss of the machine that the jobs ran on. */
function unknownJobs(
  { status, label, updatedAfter, cursor, prefix = '' }: JobQuery,
  { items, nextCursor }: Page<JobRecord>,
  jobs: readonly string[],
) {
  // Only a list of all tells.
  if ([status, label, updatedAfter, cursor, nextCursor].some((part) => part !== undefined)) return undefined;
  const known = new Set(items.map(({ job }) => job));
  const unknown = jobs.filter((job) => job.startsWith(prefix) && !known.has(job));
  if (unknown.length === 0) return undefined;
  const named = unknown.slice(0, namedJobs).join(', ');
  const more = unknown.length > namedJobs ? ` and ${unknown.length - namedJobs} more` : '';
  return `the storage has jobs that the catalog does not know: ${named}${more}; holdfast show tells of each, and its line resumes it`;
}

/** The catalog may index several repositories. Where this one cannot be opened, a list of all says more than none. */
async function repositoryOf(
  store: JobsOptions['store'],
  options: CallOptions,
): Promise<{ query: JobQuery; jobs: readonly string[]; warning: string | undefined }> {
  try {
    const repository = await store(options);
    return { query: { repositoryId: repository.repositoryId }, jobs: await repository.jobs(options), warning: undefined };
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    return { query: {}, jobs: [], warning: `these are the jobs of every storage, because this one cannot be opened: ${error.message}` };
  }
}

async function show(job: string, options: CallOptions, { store, catalog }: JobsOptions): Promise<JobDetail> {
  const repository = await store(options);
  const [state, snapshots] = await Promise.all([repository.state(job, options), repository.list(job, options)]);
  const index = await fromCatalog(job, repository.repositoryId, options, catalog);
  if (state.epoch === undefined && index.record === undefined) throw missing(job);
  const freezes = new Map(index.checkpoints.map(({ number, freezeMs }) => [number, freezeMs]));
  return {
    job,
    record: index.record?.status === 'running' && !isHeld(index.lease) ? { ...index.record, status: 'interrupted' } : index.record,
    holder:
      !isHeld(index.lease) || index.lease === undefined
        ? undefined
        : { host: index.lease.holder.host, pid: index.lease.holder.pid, since: index.lease.acquiredAt },
    snapshots: snapshots.map((summary) => ({ ...summary, freezeMs: freezes.get(summary.number) })),
    forkedFrom: state.sources[0],
    attempts: index.attempts.map((attempt) => (isOver(attempt, index.lease) ? { ...attempt, outcome: 'lost' } : attempt)),
    events: index.events,
  };
}

/** A killed attempt could not note its end; the next one does it for it. */
function isOver({ attempt, outcome }: AttemptRecord, lease: Lease | undefined): boolean {
  return outcome === 'running' && !(isHeld(lease) && lease?.holder.attempt === attempt);
}

/** What the catalog knows; nothing where it does not answer: the repository is the truth. */
async function fromCatalog(job: string, repositoryId: string, options: CallOptions, catalog: JobsOptions['catalog']) {
  const nothing = { record: undefined, lease: undefined, attempts: [], checkpoints: [], events: [] };
  try {
    const index = await catalog(options);
    const [record, lease, attempts, checkpoints, events] = await Promise.all([
      index.getJob(job, options),
      index.currentLease(job, options),
      index.listAttempts(job, options),
      allCheckpoints(index, job, options),
      index.listEvents(job, {}, options),
    ]);
    // A job of the same name in another storage is another job.
    if (record !== undefined && record.repositoryId !== repositoryId) return nothing;
    return { record, lease, attempts, checkpoints, events: events.items };
  } catch (error) {
    if (isHoldfastError(error) && (error.kind === 'unavailable' || error.kind === 'corrupt')) return nothing;
    throw error;
  }
}
