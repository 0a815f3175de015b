import type { CatalogTotals, JobRecord } from '@holdfast/core';
import * as z from 'zod';
import { jobCursor } from '../sql/cursor.js';
import type { RedisPort } from './connection.js';
import { listJobs, type Place } from './list-jobs.js';
import { parse, whole } from './parse.js';
import { runScript } from './run-script.js';
import { sumCheckpointsScript } from './scripts/record-scripts.js';

/** Jobs that are looked at together. */
const pageSize = 1000;
const sumsSchema = z.tuple([whole, z.coerce.number()]);

/** Walks through all jobs: what each has lies in a slot of its own, so nothing on the server can add it up. */
export async function countAll(port: RedisPort, place: Place, query: { readonly repositoryId?: string }): Promise<CatalogTotals> {
  const jobs = { running: 0, interrupted: 0, succeeded: 0, failed: 0 };
  let [snapshots, storedBytes] = [0, 0];
  for (let last: JobRecord | undefined; ; ) {
    const page = await listJobs(port, place, last === undefined ? query : { ...query, cursor: cursorAfter(last) }, pageSize);
    for (const { status } of page) jobs[status] += 1;
    for (const [count, bytes] of await Promise.all(page.map(({ job }) => sumOf(port, place, job)))) {
      snapshots += count;
      storedBytes += bytes;
    }
    last = page.at(-1);
    if (page.length < pageSize) return { jobs, snapshots, storedBytes };
  }
}

export function cursorAfter({ updatedAt, job }: JobRecord): string {
  return jobCursor.write([updatedAt, job]);
}

async function sumOf(port: RedisPort, { location, keys }: Place, job: string): Promise<[number, number]> {
  const key = keys.job(job).checkpoints;
  return parse(location, key, sumsSchema, await runScript(port, sumCheckpointsScript, [key], []));
}
