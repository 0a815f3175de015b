import type { AttemptRecord, CallOptions, CheckpointStore, CheckpointSummary, Lease, Logger, RecordQuery } from '@holdfast/core';
import { allCheckpoints } from '../catalog/all-checkpoints.js';
import { readJob } from '../catalog/read-job.js';
import { readMetadata } from '../catalog/read-metadata.js';
import { isHeld } from '../run/is-held.js';
import { memoryAccountOf } from '../run/memory-account.js';
import type { JobsOptions } from './jobs.js';
import { withoutCatalog } from './list-jobs.js';
import { missingJob } from './missing-job.js';
import type { JobDetail, ShownSnapshot } from './types.js';

export async function showJob(
  job: string,
  events: RecordQuery,
  options: CallOptions,
  { store, catalog, logger }: Pick<JobsOptions, 'store' | 'catalog' | 'logger'>,
): Promise<JobDetail> {
  const repository = await store(options);
  const [state, snapshots] = await Promise.all([repository.state(job, options), repository.list(job, options)]);
  const index = await fromCatalog(job, repository, events, options, catalog, logger);
  if (state.epoch === undefined && index.record === undefined) throw missingJob(job);
  const freezes = new Map(index.checkpoints.map(({ number, freezeMs }) => [number, freezeMs]));
  const { lease } = index;
  const isDead = index.warning === undefined && !isHeld(lease);
  return {
    job,
    record: index.record?.status === 'running' && isDead ? { ...index.record, status: 'interrupted' } : index.record,
    holder: lease === undefined || !isHeld(lease) ? undefined : { host: lease.holder.host, pid: lease.holder.pid, since: lease.acquiredAt },
    snapshots: await Promise.all(snapshots.map((summary) => shown(summary, freezes.get(summary.number), repository, logger, options))),
    forkedFrom: state.sources[0],
    attempts: index.attempts.map((attempt) => (index.warning === undefined && isOver(attempt, lease) ? { ...attempt, outcome: 'lost' } : attempt)),
    events: index.events.items,
    nextCursor: index.events.nextCursor,
    warning: index.warning,
  };
}

/** How it came by its memory is in its own record alone. */
async function shown(
  summary: CheckpointSummary,
  freezeMs: number | undefined,
  repository: CheckpointStore,
  logger: Logger,
  options: CallOptions,
): Promise<ShownSnapshot> {
  const metadata = await readMetadata(repository, summary, logger, options);
  return { ...summary, freezeMs, ...memoryAccountOf(metadata) };
}

/** A killed attempt could not note its end; the next one does it for it. */
function isOver({ attempt, outcome }: AttemptRecord, lease: Lease | undefined): boolean {
  return outcome === 'running' && !(isHeld(lease) && lease?.holder.attempt === attempt);
}

const noEvents = { items: [], nextCursor: undefined };

/** What the catalog knows. Where it does not answer, what the repository tells in its place. */
async function fromCatalog(
  job: string,
  repository: CheckpointStore,
  query: RecordQuery,
  options: CallOptions,
  catalog: JobsOptions['catalog'],
  logger: Logger,
) {
  try {
    const index = await catalog(options);
    const [record, lease, attempts, checkpoints, events] = await Promise.all([
      index.getJob(job, options),
      index.currentLease(job, options),
      index.listAttempts(job, options),
      allCheckpoints(index, job, options),
      index.listEvents(job, query, options),
    ]);
    // A job of the same name in another storage is another job.
    if (record !== undefined && record.repositoryId !== repository.repositoryId)
      return { record: undefined, lease: undefined, attempts: [], checkpoints: [], events: noEvents, warning: undefined };
    return { record, lease, attempts, checkpoints, events, warning: undefined };
  } catch (error) {
    const warning = withoutCatalog(error);
    const { record, attempts, checkpoints } = await readJob(repository, job, logger, options);
    return { record, lease: undefined, attempts: attempts.toReversed(), checkpoints, events: noEvents, warning };
  }
}
