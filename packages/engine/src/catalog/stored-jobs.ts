import { type CallOptions, type CheckpointStore, HoldfastError, type JobQuery, type JobRecord, type Logger, type Page } from '@holdfast/core';
import type { JobTotals } from '../deployment/types.js';
import { readJob } from './read-job.js';

const defaultLimit = 100;

/** The same page as a catalog's, from the repository: every job is read for it. */
export async function listStored(store: CheckpointStore, query: JobQuery, logger: Logger, options: CallOptions): Promise<Page<JobRecord>> {
  const { prefix = '', limit = defaultLimit, cursor } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw usage(`limit is ${limit}, which is not from 1 to 1000`, 'Give a smaller one, and go on with the cursor');
  const last = positionOf(cursor);
  const found: JobRecord[] = [];
  for (const job of await store.jobs(options)) {
    if (!job.startsWith(prefix)) continue;
    const { record } = await readJob(store, job, logger, options);
    if (record !== undefined && isAsked(record, query)) found.push(record);
  }
  const rest = found.sort(newestFirst).filter((record) => last === undefined || newestFirst(record, last) > 0);
  const items = rest.slice(0, limit);
  const end = items.at(-1);
  return { items, nextCursor: rest.length > limit && end !== undefined ? cursorOf(end) : undefined };
}

export async function storedTotals(store: CheckpointStore, logger: Logger, options: CallOptions): Promise<Omit<JobTotals, 'warning'>> {
  const jobs = { running: 0, interrupted: 0, succeeded: 0, failed: 0 };
  let [snapshots, storedBytes] = [0, 0];
  for (const job of await store.jobs(options)) {
    const { record, checkpoints } = await readJob(store, job, logger, options);
    if (record === undefined) continue;
    jobs[record.status] += 1;
    snapshots += checkpoints.length;
    storedBytes += checkpoints.reduce((sum, checkpoint) => sum + checkpoint.storedBytes, 0);
  }
  return { jobs, snapshots, storedBytes };
}

function isAsked({ status, labels, updatedAt }: JobRecord, query: JobQuery): boolean {
  if (query.status !== undefined && query.status !== status) return false;
  if (query.label !== undefined && labels[query.label.name] !== query.label.value) return false;
  return query.updatedAfter === undefined || updatedAt > query.updatedAfter;
}

export type Position = Pick<JobRecord, 'job' | 'updatedAt'>;

/** The order of every list of jobs. */
export function newestFirst(a: Position, b: Position): number {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt < b.updatedAt ? 1 : -1;
  return a.job === b.job ? 0 : a.job < b.job ? -1 : 1;
}

/** Begins with a word of its own: a catalog's cursor is refused here, and this one there. */
function cursorOf({ updatedAt, job }: Position): string {
  return `stored.${updatedAt}.${job}`;
}

function positionOf(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  const [, updatedAt, job] = /^stored\.(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\.(.+)$/u.exec(cursor) ?? [];
  if (updatedAt !== undefined && job !== undefined) return { updatedAt, job };
  throw usage(`'${cursor}' is a cursor of the catalog, which does not answer now`, 'Begin anew without --cursor, or wait for the catalog');
}

function usage(message: string, hint: string): HoldfastError {
  return new HoldfastError('HF_USAGE', { message, kind: 'invalid-argument', operation: 'list', hint });
}
