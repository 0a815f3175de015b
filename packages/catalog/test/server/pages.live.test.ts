import type { JobQuery, Page } from '@holdfast/core';
import type { ServerAccess } from '@holdfast/testkit/servers';
import { Kysely, sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { mysqlClient } from '../../src/mysql/client.js';
import { mysqlDialect } from '../../src/mysql/dialect.js';
import { postgresClient } from '../../src/postgres/client.js';
import { postgresDialect } from '../../src/postgres/dialect.js';
import { connector } from '../../src/server/connect.js';
import { createConnectionPool } from '../../src/server/connection-pool.js';
import { serverConfigSchema } from '../../src/server/server-config.js';
import { jobCursor } from '../../src/calls/cursor.js';
import { jobsOf } from '../../src/sql/jobs.js';
import type { CatalogDatabase, CatalogTables } from '../../src/sql/schema.js';
import { describeServers, openCatalog, type ServerUnderTest, sectionOf } from './test-servers.js';

const count = 20_000;

describeServers('pages of many jobs', {}, (under) => {
  let access: ServerAccess;
  beforeAll(async () => {
    access = await under.server().fresh();
    await (await openCatalog(under, access))[Symbol.asyncDispose]();
    await under.server().query(manyJobs(under.kind), access);
  }, 120_000);

  const middle = jobCursor.write([timeOf(count / 2), `job-${count / 2}`]);
  test.each<[string, JobQuery]>([
    ['hf_jobs_newest', {}],
    ['hf_jobs_newest', { cursor: middle }],
    ['hf_jobs_newest_of_status', { status: 'failed', cursor: middle }],
    ['hf_jobs_newest_of_repository', { repositoryId: 'r1', cursor: middle }],
  ])('are read in the order of the index %s, whatever the page: %j', async (index, query) => {
    await using database = databaseOf(under, access);
    const page = jobsOf(database.db, query, 101);
    const { rows } = await sql`${sql.raw(explain(under.kind))} ${page}`.execute(database.db);
    const plan = JSON.stringify(rows);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/sort/iu);
    // Neither a whole table nor a whole index for one page.
    expect(mostRows(under.kind, plan)).toBeLessThan(400);
  });

  test('join to the whole list', async () => {
    await using store = await openCatalog(under, access);
    const seen = new Set<string>();
    for (let cursor: string | undefined; ; ) {
      const page: Page<{ readonly job: string }> = await store.listJobs(cursor === undefined ? { limit: 1000 } : { limit: 1000, cursor });
      for (const { job } of page.items) seen.add(job);
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    expect(seen.size).toBe(count);
  });
});

/** As the statements below write it. */
function timeOf(second: number): string {
  return new Date(Date.parse('2026-01-01T00:00:00.000Z') + second * 1000).toISOString();
}

function manyJobs(kind: string): string {
  const columns = 'job, repository_id, command, working_directory, status, labels, created_at, updated_at';
  if (kind === 'postgres') {
    const time = `to_char(timestamp '2026-01-01' + n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"')`;
    return `INSERT INTO hf_jobs (${columns}) SELECT 'job-' || n, 'r' || n % 10, '[]', '/', CASE n % 10 WHEN 0 THEN 'failed' ELSE 'running' END, '{}', ${time}, ${time}
      FROM generate_series(1, ${count}) n; ANALYZE hf_jobs;`;
  }
  const time = `date_format('2026-01-01' + interval n second, '%Y-%m-%dT%H:%i:%s.000Z')`;
  const digits =
    'SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9';
  const numbers = `SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d n FROM (${digits}) a, (${digits}) b, (${digits}) c, (${digits}) e, (SELECT 0 d UNION ALL SELECT 1) f`;
  return `INSERT INTO hf_jobs (${columns}) SELECT concat('job-', n), concat('r', n % 10), '[]', '/', if(n % 10 = 0, 'failed', 'running'), '{}', ${time}, ${time}
    FROM (${numbers}) numbers; ANALYZE TABLE hf_jobs;`;
}

function databaseOf({ kind, plugin }: ServerUnderTest, access: ServerAccess): AsyncDisposable & { readonly db: CatalogDatabase } {
  const type = plugin().type;
  const config = serverConfigSchema(type, 1).parse(sectionOf(plugin(), access));
  const sources = { environment: { HOLDFAST_CATALOG_PASSWORD: access.password } };
  const pool = createConnectionPool(connector(kind === 'postgres' ? postgresClient : mysqlClient, config, sources), config);
  const db = new Kysely<CatalogTables>({ dialect: kind === 'postgres' ? postgresDialect(pool) : mysqlDialect(pool) });
  return { db, [Symbol.asyncDispose]: () => db.destroy() };
}

/** Runs it and tells what was read. */
function explain(kind: string): string {
  if (kind === 'postgres') return 'explain (analyze, format json)';
  return kind === 'mysql' ? 'explain analyze' : 'analyze format=json';
}

function mostRows(kind: string, plan: string): number {
  const form =
    kind === 'postgres'
      ? /Actual Rows\\?":\s*(\d+)|Rows Removed by Filter\\?":\s*(\d+)/gu
      : kind === 'mysql'
        ? /actual time=[\d.]+ rows=([\d.e+]+)/gu
        : /r_rows\\?":\s*([\d.]+)/gu;
  const numbers = [...plan.matchAll(form)].map(([, first, second]) => Number(first ?? second));
  expect(numbers.length).toBeGreaterThan(0);
  return Math.max(...numbers);
}
