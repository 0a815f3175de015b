import {
  type CallOptions,
  type CheckpointStore,
  HoldfastError,
  isHoldfastError,
  type JobQuery,
  type JobRecord,
  type MetadataStore,
  type Page,
} from '@holdfast/core';
import { listStored, newestFirst, storedTotals } from '../catalog/stored-jobs.js';
import { isHeld } from '../run/is-held.js';
import type { JobsOptions } from './jobs.js';
import type { JobPage, JobTotals } from './types.js';

const namedJobs = 10;

type ListContext = Pick<JobsOptions, 'store' | 'catalog' | 'logger'>;

/** From the catalog; from the repository where that does not answer. */
export async function listJobs(query: JobQuery, options: CallOptions, { store, catalog: open, logger }: ListContext): Promise<JobPage> {
  try {
    const catalog = await open(options);
    const repository = await repositoryOf(store, options);
    const asked = { ...repository.query, ...query };
    const page = await catalog.listJobs(asked, options);
    const items = await withLeases(catalog, page.items, asked, options);
    return { ...page, items, warning: repository.warning ?? unknownJobs(query, page, repository.jobs) };
  } catch (error) {
    const warning = withoutCatalog(error);
    const repository = await store(options).catch((reason: unknown) => Promise.reject(neither(reason, error)));
    return { ...(await listStored(repository, query, logger, options)), warning };
  }
}

export async function totalJobs(options: CallOptions, { store, catalog: open, logger }: ListContext): Promise<JobTotals> {
  const repository = await store(options);
  try {
    const catalog = await open(options);
    return { ...(await catalog.totals({ repositoryId: repository.repositoryId }, options)), warning: undefined };
  } catch (error) {
    const warning = withoutCatalog(error);
    return { ...(await storedTotals(repository, logger, options)), warning };
  }
}

/** The storage's error, with what the catalog said: that may be what is to be mended first. */
function neither(storage: unknown, catalog: unknown): unknown {
  if (!isHoldfastError(storage) || !isHoldfastError(catalog) || storage.kind === 'aborted') return storage;
  const { code, kind, retry, context, operation } = storage;
  return new HoldfastError(code, {
    message: `${storage.message}; and ${catalog.message}`,
    kind,
    retry,
    context,
    cause: storage,
    hint: [storage.hint, catalog.hint].filter((hint) => hint !== undefined).join('; '),
    ...(operation === undefined ? {} : { operation }),
  });
}

/** Throws what is no outage. */
export function withoutCatalog(error: unknown): string {
  if (!isHoldfastError(error) || !['unavailable', 'timeout', 'corrupt'].includes(error.kind) || !isOfCatalog(error.code)) throw error;
  return `this is what the storage tells, without events and without who runs a job now: ${error.message}`;
}

function isOfCatalog(code: string): boolean {
  return code === 'HF_CATALOG_UNAVAILABLE' || code === 'HF_CATALOG_CORRUPT';
}

/** A job whose Holdfast died is still noted as running: its lease tells. So those that are asked for as interrupted are looked for among both. */
async function withLeases(
  catalog: MetadataStore,
  records: readonly JobRecord[],
  query: JobQuery,
  options: CallOptions,
): Promise<readonly JobRecord[]> {
  const told = await Promise.all(records.map((record) => withLease(catalog, record, options)));
  if (query.status === 'running') return told.filter(({ status }) => status === 'running');
  if (query.status !== 'interrupted' || query.cursor !== undefined) return told;
  return [...(await deadJobs(catalog, query, options)), ...told].sort(newestFirst);
}

async function deadJobs(catalog: MetadataStore, query: JobQuery, options: CallOptions): Promise<readonly JobRecord[]> {
  const dead: JobRecord[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await catalog.listJobs({ ...query, status: 'running', limit: 1000, ...(cursor === undefined ? {} : { cursor }) }, options);
    for (const record of page.items) {
      const told = await withLease(catalog, record, options);
      if (told.status === 'interrupted') dead.push(told);
    }
    cursor = page.nextCursor;
    if (cursor === undefined) return dead;
  }
}

async function withLease(catalog: MetadataStore, record: JobRecord, options: CallOptions): Promise<JobRecord> {
  if (record.status !== 'running') return record;
  return isHeld(await catalog.currentLease(record.job, options)) ? record : { ...record, status: 'interrupted' };
}

/** What this machine's catalog has never heard of, as after the loss of the machine that the jobs ran on. */
function unknownJobs(
  { status, label, updatedAfter, cursor, prefix = '' }: JobQuery,
  { items, nextCursor }: Page<JobRecord>,
  jobs: readonly string[],
): string | undefined {
  // Only a list of all tells.
  if ([status, label, updatedAfter, cursor, nextCursor].some((part) => part !== undefined)) return undefined;
  const known = new Set(items.map(({ job }) => job));
  const unknown = jobs.filter((job) => job.startsWith(prefix) && !known.has(job));
  if (unknown.length === 0) return undefined;
  const named = unknown.slice(0, namedJobs).join(', ');
  const more = unknown.length > namedJobs ? ` and ${unknown.length - namedJobs} more` : '';
  return `the storage has jobs that the catalog does not know: ${named}${more}; holdfast show tells of each, and holdfast catalog rebuild of all`;
}

/** The catalog may index several repositories. Where this one cannot be opened, a list of all says more than none. */
async function repositoryOf(
  store: (options: CallOptions) => Promise<CheckpointStore>,
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
