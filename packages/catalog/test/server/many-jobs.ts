import type { ServerUnderTest } from './test-servers.js';
import type { ServerAccess } from '@holdfast/testkit/servers';

/** Jobs in the tables: `job-1` is the oldest; each tenth failed, each is in one of ten repositories. */
export const manyJobsCount = 20_000;
/** Snapshots of each job; the first one has as many more, and as many events. */
export const snapshotsOfEach = 5;
export const snapshotsOfOne = 2000;

/** As the statements below write it. */
export function timeOf(second: number): string {
  return new Date(Date.parse('2026-01-01T00:00:00.000Z') + second * 1000).toISOString();
}

interface Words {
  readonly numbers: (count: number) => string;
  readonly time: string;
  readonly text: (prefix: string, value: string) => string;
  readonly analyze: string;
}

/** Puts them there by a few statements: one call each would take minutes. Labels: every second job has `half`, each thousandth `rare`. */
export async function putManyJobs({ kind, server }: ServerUnderTest, access: ServerAccess): Promise<void> {
  const { numbers, time, text, analyze } = kind === 'postgres' ? postgresWords : mysqlWords;
  const jobs = `INSERT INTO hf_jobs (job, repository_id, command, working_directory, status, labels, created_at, updated_at)
    SELECT ${text('job-', 'n')}, ${text('r', 'n % 10')}, '[]', '/', CASE n % 10 WHEN 0 THEN 'failed' ELSE 'running' END, '{}', ${time}, ${time} FROM ${numbers(manyJobsCount)}`;
  const label = (value: string, each: number): string =>
    `INSERT INTO hf_job_labels (job, name, value) SELECT ${text('job-', 'n')}, '${value}', 'yes' FROM ${numbers(manyJobsCount)} WHERE n % ${each} = 0`;
  const snapshots = (job: string, number: string, from: string): string =>
    `INSERT INTO hf_checkpoints (job, number, epoch, attempt, created_at, freeze_ms, logical_bytes, stored_bytes)
    SELECT ${job}, ${number}, 1, 'a', '${timeOf(1)}', 1, 2, 3 FROM ${from}`;
  const events = `INSERT INTO hf_events (job, attempt, at, type, detail) SELECT 'job-1', 'a', ${time}, 'x', '{}' FROM ${numbers(snapshotsOfOne)}`;
  const of = Array.from({ length: snapshotsOfEach }, (_, place) => snapshots(text('job-', 'n'), String(place + 1), numbers(manyJobsCount)));
  const one = snapshots("'job-1'", `n + ${snapshotsOfEach}`, numbers(snapshotsOfOne));
  for (const statement of [jobs, label('half', 2), label('rare', 1000), ...of, one, events, analyze]) await server().query(`${statement};`, access);
}

const tables = ['hf_jobs', 'hf_job_labels', 'hf_checkpoints', 'hf_events'];

const postgresWords: Words = {
  numbers: (count) => `generate_series(1, ${count}) n`,
  time: `to_char(timestamp '2026-01-01' + n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"')`,
  text: (prefix, value) => `'${prefix}' || ${value}`,
  // VACUUM too: without it no index can do without the table.
  analyze: `VACUUM ANALYZE ${tables.join(', ')}`,
};

const digits = `(${Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} d`).join(' UNION ALL ')})`;

const mysqlWords: Words = {
  numbers: (count) =>
    `(SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d n FROM ${digits} a, ${digits} b, ${digits} c, ${digits} e, ${digits} f HAVING n <= ${count}) numbers`,
  time: `date_format('2026-01-01' + interval n second, '%Y-%m-%dT%H:%i:%s.000Z')`,
  text: (prefix, value) => `concat('${prefix}', ${value})`,
  analyze: `ANALYZE TABLE ${tables.join(', ')}`,
};
