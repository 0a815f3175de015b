import { randomUUID } from 'node:crypto';
import type { CallOptions, CatalogTotals, JobQuery, JobRecord, Page } from '@holdfast/core';
import { pageOf, rowsWanted } from '../sql/page.js';
import { instant } from '../sql/values.js';
import { indexEntry } from './index-entry.js';
import { createJobIndex } from './job-index.js';
import { readJob } from './job-records.js';
import type { Keys } from './keys.js';
import { listJobs } from './list-jobs.js';
import { countAll, cursorAfter } from './totals.js';
import { writeJob } from './records.js';
import { runScript } from './run-script.js';
import { putJobScript } from './scripts/record-scripts.js';
import type { Session } from './session.js';

/** The job calls of MetadataStore. */
export interface Jobs {
  putJob(record: JobRecord, options?: CallOptions): Promise<void>;
  getJob(job: string, options?: CallOptions): Promise<JobRecord | undefined>;
  listJobs(query?: JobQuery, options?: CallOptions): Promise<Page<JobRecord>>;
  removeJob(job: string, options?: CallOptions): Promise<void>;
  totals(query?: { readonly repositoryId?: string }, options?: CallOptions): Promise<CatalogTotals>;
}

export function createJobs(session: Session, keys: Keys): Jobs {
  const { location } = session;
  const index = createJobIndex(location, keys);
  return {
    putJob: async (record, options) => {
      instant('createdAt', record.createdAt);
      instant('updatedAt', record.updatedAt);
      const { job } = record;
      await session.write(
        'catalog.putJob',
        async (attempt) => {
          const version = randomUUID();
          const intent = await index.intend(attempt, job);
          await runScript(attempt, putJobScript, [keys.job(job).record], [writeJob(record), record.createdAt, version]);
          attempt.commit();
          await index.settle(attempt, intent, indexEntry(record, version));
        },
        options,
      );
    },
    getJob: (job, options) => session.read('catalog.getJob', async (port) => (await readJob(port, location, keys, job))?.record, options),
    listJobs: async (query = {}, options) => {
      const wanted = rowsWanted(query.limit);
      if (query.updatedAfter !== undefined) instant('updatedAfter', query.updatedAfter);
      const records = await session.read('catalog.listJobs', (port) => listJobs(port, { location, keys, index }, query, wanted), options);
      return pageOf(records, wanted, (record) => record, cursorAfter);
    },
    totals: (query = {}, options) => session.read('catalog.totals', (port) => countAll(port, { location, keys, index }, query), options),
    removeJob: async (job, options) => {
      const { record, attempts, checkpoints, numbers, events, sequence } = keys.job(job);
      await session.write(
        'catalog.removeJob',
        async (attempt) => {
          const intent = await index.intend(attempt, job);
          await attempt.send('unlink', record, attempts, checkpoints, numbers, events, sequence);
          attempt.commit();
          await index.settle(attempt, intent, undefined);
        },
        options,
      );
    },
  };
}
