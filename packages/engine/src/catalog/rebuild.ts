import {
  type AttemptRecord,
  type CallOptions,
  type CheckpointStore,
  HoldfastError,
  isHoldfastError,
  type JobRecord,
  type Logger,
  type MetadataStore,
} from '@holdfast/core';
import { allCheckpoints } from './all-checkpoints.js';
import { markOf, readJob, type StoredJob } from './read-job.js';

/** How often a job is read again that changes under the reader; a run writes a few times a minute at most. */
const triesLimit = 10;
const pageSize = 1000;

export interface RebuildReport {
  readonly jobs: number;
  readonly attempts: number;
  readonly snapshots: number;
  /** Jobs that the catalog named and the repository has not. */
  readonly removed: readonly string[];
  /** Jobs that could not be brought over, and why. */
  readonly problems: readonly { readonly job: string; readonly problem: string }[];
}

export interface RebuildProgress {
  readonly done: number;
  readonly total: number;
}

export interface RebuildOptions extends CallOptions {
  readonly onProgress?: ((progress: RebuildProgress) => void) | undefined;
}

export interface RebuildContext {
  readonly store: CheckpointStore;
  readonly catalog: MetadataStore;
  readonly logger: Logger;
}

/**
 * Makes the catalog say what the repository says. Each job is read, written and looked at again: where an attempt wrote in between, it is done once more,
 * and attempts write to the repository before they write to the catalog. So what they write stays, whoever comes last. Leases are left alone.
 */
export async function rebuildCatalog(context: RebuildContext, options: RebuildOptions): Promise<RebuildReport> {
  const { store, catalog } = context;
  const calls = { signal: options.signal };
  const known = await knownJobs(catalog, store.repositoryId, calls);
  const names = await store.jobs(calls);
  const counts = { jobs: 0, attempts: 0, snapshots: 0 };
  const problems: { job: string; problem: string }[] = [];
  for (const [index, job] of names.entries()) {
    options.onProgress?.({ done: index, total: names.length });
    try {
      const rebuilt = await rebuildJob(context, job, calls);
      if (rebuilt.record === undefined) continue;
      counts.jobs += 1;
      counts.attempts += rebuilt.attempts.length;
      counts.snapshots += rebuilt.checkpoints.length;
    } catch (error) {
      if (!isHoldfastError(error) || error.kind === 'aborted' || error.kind === 'unavailable' || error.kind === 'timeout') throw error;
      problems.push({ job, problem: error.message });
    }
  }
  options.onProgress?.({ done: names.length, total: names.length });
  return { ...counts, problems, removed: await removeStale(context, known, calls) };
}

/** Makes the catalog say of one job what the repository says. */
export async function rebuildJob({ store, catalog, logger }: RebuildContext, job: string, options: CallOptions): Promise<StoredJob> {
  for (let tries = 1; ; tries += 1) {
    // The catalog first: what it has and the repository has not was removed.
    const inCatalog = await lookUp(catalog, job, options);
    if (inCatalog.record !== undefined && inCatalog.record.repositoryId !== store.repositoryId) throw taken(inCatalog.record);
    const stored = await readJob(store, job, logger, options);
    await write(catalog, stored, inCatalog, options);
    if (tries === triesLimit || (await markOf(store, job, options)) === stored.mark) return stored;
  }
}

/** A newer record stays: what its attempt could not keep in the repository, the catalog may know. */
async function write(catalog: MetadataStore, stored: StoredJob, inCatalog: InCatalog, options: CallOptions): Promise<void> {
  const { job, record, attempts, checkpoints } = stored;
  if (stored.isGone) await catalog.removeJob(job, options);
  if (record === undefined) return;
  if (inCatalog.record === undefined || inCatalog.record.updatedAt <= record.updatedAt) await catalog.putJob(record, options);
  const ended = new Set(inCatalog.attempts.filter(({ outcome }) => outcome !== 'running').map(({ attempt }) => attempt));
  for (const attempt of attempts) if (attempt.outcome !== 'running' || !ended.has(attempt.attempt)) await catalog.putAttempt(attempt, options);
  for (const checkpoint of checkpoints.toReversed()) await catalog.putCheckpoint(checkpoint, options);
  const there = new Set(checkpoints.map(({ number }) => number));
  const pruned = inCatalog.numbers.filter((number) => !there.has(number));
  await catalog.removeCheckpoints(job, pruned, options);
}

interface InCatalog {
  readonly record: JobRecord | undefined;
  readonly attempts: readonly AttemptRecord[];
  readonly numbers: readonly number[];
}

async function lookUp(catalog: MetadataStore, job: string, options: CallOptions): Promise<InCatalog> {
  const record = await catalog.getJob(job, options);
  const attempts = await catalog.listAttempts(job, options);
  return { record, attempts, numbers: (await allCheckpoints(catalog, job, options)).map(({ number }) => number) };
}

async function knownJobs(catalog: MetadataStore, repositoryId: string, options: CallOptions): Promise<readonly string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await catalog.listJobs({ repositoryId, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) }, options);
    names.push(...page.items.map(({ job }) => job));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return names;
}

/** One that is begun anew meanwhile is looked at again, as all others are. */
async function removeStale(context: RebuildContext, known: readonly string[], options: CallOptions): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const job of known) {
    if ((await context.store.history(job, options)).length > 0) continue;
    try {
      const { isGone } = await rebuildJob(context, job, options);
      if (isGone) removed.push(job);
    } catch (error) {
      // Another storage has the name by now: that is no job of this one.
      if (!isHoldfastError(error) || error.code !== 'HF_JOB_EXISTS') throw error;
    }
  }
  return removed;
}

function taken({ job, repositoryId }: JobRecord): Error {
  return new HoldfastError('HF_JOB_EXISTS', {
    message: `the catalog has a job ${job} of another storage, with the repository ${repositoryId}`,
    kind: 'conflict',
    operation: 'catalog.rebuild',
    context: { job },
    hint: 'give the two storages catalogs of their own',
  });
}
