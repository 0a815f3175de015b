import type { JobQuery, Page } from '@holdfast/core';
import type { ServerAccess } from '@holdfast/testkit/servers';
import { beforeAll, expect, test } from 'vitest';
import { jobCursor } from '../../src/calls/cursor.js';
import { checkpointsOf } from '../../src/sql/checkpoints.js';
import { eventsOf } from '../../src/sql/events.js';
import { jobsOf } from '../../src/sql/jobs.js';
import { manyJobsCount, putManyJobs, snapshotsOfEach, snapshotsOfOne, timeOf } from './many-jobs.js';
import { databaseOf, mostRows, planOf } from './plan.js';
import { describeServers, openCatalog } from './test-servers.js';

const middle = jobCursor.write([timeOf(manyJobsCount / 2), `job-${manyJobsCount / 2}`]);

describeServers('pages of many jobs', {}, (under) => {
  let access: ServerAccess;
  beforeAll(async () => {
    access = await under.server().fresh();
    await (await openCatalog(under, access))[Symbol.asyncDispose]();
    await putManyJobs(under, access);
  }, 120_000);

  test.each<[string, JobQuery]>([
    ['hf_jobs_newest', {}],
    ['hf_jobs_newest', { cursor: middle }],
    ['hf_jobs_newest_of_status', { status: 'failed', cursor: middle }],
    ['hf_jobs_newest_of_repository', { repositoryId: 'r1', cursor: middle }],
  ])('are read in the order of the index %s, whatever the page: %j', async (index, query) => {
    await using database = databaseOf(under, access);
    const plan = await planOf(under.kind, database.db, jobsOf(database.db, query, 101));
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/sort/iu);
    // Neither a whole table nor a whole index for one page.
    expect(mostRows(under.kind, plan)).toBeLessThan(400);
  });

  test.each<[string, JobQuery]>([
    ['a prefix that few have', { prefix: 'job-1234' }],
    ['a prefix that most have', { prefix: 'job-', cursor: middle }],
    ['a label that few have', { label: { name: 'rare', value: 'yes' } }],
    ['a label that many have', { label: { name: 'half', value: 'yes' }, cursor: middle }],
    ['a label that nobody has', { label: { name: 'half', value: 'no' } }],
  ])('of %s take no walk through all jobs: %j', async (_what, query) => {
    await using database = databaseOf(under, access);
    const plan = await planOf(under.kind, database.db, jobsOf(database.db, query, 101));
    // By their statistics MySQL and MariaDB may take all of a label's jobs from the label's index for each page.
    const most = under.kind !== 'postgres' && query.label?.name === 'half' ? manyJobsCount / 2 + 1 : 400;
    expect(mostRows(under.kind, plan), plan).toBeLessThan(most);
  });

  test('of the snapshots and the events of one job are read in the order of an index', async () => {
    await using database = databaseOf(under, access);
    for (const [index, query] of [
      ['hf_checkpoints', checkpointsOf(database.db, 'job-1', ['checkpoint', snapshotsOfOne / 2], 101)],
      ['hf_events_by_time', eventsOf(database.db, 'job-1', ['event', timeOf(snapshotsOfOne / 2), 1], 101)],
    ] as const) {
      const plan = await planOf(under.kind, database.db, query);
      expect(plan).toContain(index);
      expect(plan).not.toMatch(/sort/iu);
      // MariaDB goes through the newer events in the index to those of the page.
      const most = under.kind === 'mariadb' ? snapshotsOfOne / 2 + 110 : 400;
      expect(mostRows(under.kind, plan), plan).toBeLessThan(most);
    }
  });

  test('join to the whole list, and totals count it', async () => {
    await using store = await openCatalog(under, access);
    const seen = new Set<string>();
    for (let cursor: string | undefined; ; ) {
      const page: Page<{ readonly job: string }> = await store.listJobs(cursor === undefined ? { limit: 1000 } : { limit: 1000, cursor });
      for (const { job } of page.items) seen.add(job);
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    expect(seen.size).toBe(manyJobsCount);
    expect(await store.totals()).toMatchObject({ snapshots: manyJobsCount * snapshotsOfEach + snapshotsOfOne });
  });
});
