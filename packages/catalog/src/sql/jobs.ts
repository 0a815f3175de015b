import type { JobQuery, JobRecord } from '@holdfast/core';
import type { Selectable, SelectQueryBuilder } from 'kysely';
import { jobCursor } from '../calls/cursor.js';
import { pageOf, rowsWanted } from '../calls/page.js';
import type { Jobs } from '../calls/parts.js';
import { readJob } from './rows.js';
import type { CatalogDatabase, CatalogTables } from './schema.js';
import type { CatalogTransaction, Session } from './session.js';

/** What is about one job, but for its lease: terms never repeat. */
const tablesOfJobs = ['hf_job_labels', 'hf_attempts', 'hf_checkpoints', 'hf_events', 'hf_jobs'] as const;

type JobRow = Selectable<CatalogTables['hf_jobs']>;

export function createJobs(session: Session): Jobs {
  return {
    putJob: async (record, options) => {
      await session.write('catalog.putJob', (trx) => put(trx, record), options);
    },
    getJob: (job, options) =>
      session.read(
        'catalog.getJob',
        async (db) => {
          const row = await db.selectFrom('hf_jobs').selectAll().where('job', '=', job).executeTakeFirst();
          return row && readJob(row);
        },
        options,
      ),
    listJobs: async (query = {}, options) => {
      const wanted = rowsWanted(query.limit);
      const rows = await session.read('catalog.listJobs', async (db) => jobsOf(db, query, wanted).execute(), options);
      return pageOf(rows, wanted, readJob, (last) => jobCursor.write([last.updated_at, last.job]));
    },
    removeJob: async (job, options) => {
      await session.write(
        'catalog.removeJob',
        async (trx) => {
          for (const table of tablesOfJobs) await trx.deleteFrom(table).where('job', '=', job).execute();
        },
        options,
      );
    },
  };
}

async function put(trx: CatalogTransaction, record: JobRecord): Promise<void> {
  const { job, labels } = record;
  const row = {
    repository_id: record.repositoryId,
    command: JSON.stringify(record.command),
    working_directory: record.workingDirectory,
    status: record.status,
    labels: JSON.stringify(labels),
    updated_at: record.updatedAt,
    exit_code: record.exitCode ?? null,
  };
  // Update, then insert: what every database does the same way. Two inserts at once conflict, and the later one is tried again.
  const updated = await trx.updateTable('hf_jobs').set(row).where('job', '=', job).executeTakeFirst();
  if (updated.numUpdatedRows === 0n) {
    await trx
      .insertInto('hf_jobs')
      .values({ job, created_at: record.createdAt, ...row })
      .execute();
  }
  await trx.deleteFrom('hf_job_labels').where('job', '=', job).execute();
  const labelRows = Object.entries(labels).map(([name, value]) => ({ job, name, value }));
  if (labelRows.length > 0) await trx.insertInto('hf_job_labels').values(labelRows).execute();
}

/** Told apart from its execution so that a test can have the database explain it. */
export function jobsOf(db: CatalogDatabase, query: JobQuery, limit: number): SelectQueryBuilder<CatalogTables, 'hf_jobs', JobRow> {
  const { status, repositoryId, prefix, label, updatedAfter } = query;
  const cursor = jobCursor.read(query.cursor);
  let jobs = db.selectFrom('hf_jobs').selectAll().orderBy('updated_at', 'desc').orderBy('job', 'asc').limit(limit);
  if (status !== undefined) jobs = jobs.where('status', '=', status);
  if (repositoryId !== undefined) jobs = jobs.where('repository_id', '=', repositoryId);
  // A range, not LIKE, which ignores case in one database and not in another.
  if (prefix !== undefined && prefix !== '') jobs = jobs.where('job', '>=', prefix).where('job', '<', `${prefix}\u{10FFFF}`);
  if (updatedAfter !== undefined) jobs = jobs.where('updated_at', '>', updatedAfter);
  if (label !== undefined) {
    const named = db.selectFrom('hf_job_labels').select('job').where('name', '=', label.name).where('value', '=', label.value);
    jobs = jobs.where('job', 'in', named);
  }
  if (cursor !== undefined) {
    const [updatedAt, job] = cursor;
    jobs = jobs.where('updated_at', '<=', updatedAt).where((row) => row.or([row('updated_at', '<', updatedAt), row('job', '>', job)]));
  }
  return jobs;
}
