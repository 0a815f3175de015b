import { randomUUID } from 'node:crypto';
import { jobCursor } from '../calls/cursor.js';
import { pageOf, rowsWanted } from '../calls/page.js';
import type { Jobs } from '../calls/parts.js';
import { indexEntry } from './index-entry.js';
import type { JobIndex } from './job-index.js';
import { readJob } from './job-records.js';
import type { Keys } from './keys.js';
import { listJobs } from './list-jobs.js';
import { writeJob } from './records.js';
import { runScript } from './run-script.js';
import { putJobScript } from './scripts/record-scripts.js';
import type { Session } from './session.js';

export function createJobs(session: Session, keys: Keys, index: JobIndex): Jobs {
  const { location } = session;
  return {
    putJob: async (record, options) => {
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
      const cursor = jobCursor.read(query.cursor);
      const records = await session.read('catalog.listJobs', (port) => listJobs(port, { location, keys, index }, query, { cursor, wanted }), options);
      return pageOf(
        records,
        wanted,
        (record) => record,
        (last) => jobCursor.write([last.updatedAt, last.job]),
      );
    },
    removeJob: async (job, options) => {
      const { record, attempts, checkpoints, numbers, sums, events, sequence } = keys.job(job);
      await session.write(
        'catalog.removeJob',
        async (attempt) => {
          const intent = await index.intend(attempt, job);
          await attempt.send('unlink', record, attempts, checkpoints, numbers, sums, events, sequence);
          attempt.commit();
          await index.settle(attempt, intent, undefined);
        },
        options,
      );
    },
  };
}
