import type { JobQuery, JobRecord } from '@holdfast/core';
import * as z from 'zod';
import { jobCursor } from '../sql/cursor.js';
import type { RedisPort } from './connection.js';
import { choiceOfLabel, choiceOfRepository, choiceOfStatus, everyJob, jobOf, memberOf } from './index-entry.js';
import type { JobIndex } from './job-index.js';
import { readJob } from './job-records.js';
import type { Keys } from './keys.js';
import { parse } from './parse.js';
import { runScript } from './run-script.js';
import { walkScript } from './scripts/index-scripts.js';
import { descending, instantWidth } from './sortable.js';

export interface Place {
  readonly location: string;
  readonly keys: Keys;
  readonly index: JobIndex;
}

/** Members that one script looks at: the server does nothing else meanwhile. */
const mostLooked = 5000;
const foundSchema = z.tuple([z.array(z.string()), z.string()]);

/** Records in the order of the listing, by the index; each is looked at itself, and where the index is wrong of it, the index is repaired. */
export async function listJobs(port: RedisPort, { location, keys, index }: Place, query: JobQuery, limit: number): Promise<readonly JobRecord[]> {
  const choices = await smallestFirst(
    port,
    choicesOf(query).map((name) => keys.choice(name)),
  );
  const end = query.updatedAfter === undefined ? '+' : `(${descending(query.updatedAfter)}`;
  let from = afterCursor(query.cursor);
  await index.repairStopped(port);
  const records: JobRecord[] = [];
  while (records.length < limit && from !== '') {
    const args = [from, end, instantWidth, query.prefix ?? '', limit - records.length, mostLooked];
    const [members, next] = parse(location, choices[0] ?? '', foundSchema, await runScript(port, walkScript, choices, args));
    const stored = await Promise.all(members.map((member) => readJob(port, location, keys, jobOf(member))));
    for (const [place, member] of members.entries()) {
      const record = stored[place]?.record;
      if (record !== undefined && memberOf(record.updatedAt, record.job) === member && fits(record, query)) records.push(record);
      else await index.repair(port, jobOf(member));
    }
    from = next;
  }
  return records;
}

function choicesOf({ status, repositoryId, label }: JobQuery): readonly string[] {
  const chosen = [
    ...(status === undefined ? [] : [choiceOfStatus(status)]),
    ...(repositoryId === undefined ? [] : [choiceOfRepository(repositoryId)]),
    ...(label === undefined ? [] : [choiceOfLabel(label.name, label.value)]),
  ];
  return chosen.length === 0 ? [everyJob] : chosen;
}

/** The smallest is walked through. */
async function smallestFirst(port: RedisPort, keys: readonly string[]): Promise<readonly string[]> {
  if (keys.length === 1) return keys;
  const sizes = await Promise.all(keys.map(async (key) => ({ key, size: Number(await port.send('zcard', key)) })));
  return sizes.toSorted((a, b) => a.size - b.size).map(({ key }) => key);
}

function afterCursor(text: string | undefined): string {
  const last = jobCursor.read(text);
  return last === undefined ? '-' : `(${memberOf(...last)}`;
}

function fits(record: JobRecord, { status, repositoryId, label }: JobQuery): boolean {
  if (status !== undefined && record.status !== status) return false;
  if (repositoryId !== undefined && record.repositoryId !== repositoryId) return false;
  return label === undefined || (Object.hasOwn(record.labels, label.name) && record.labels[label.name] === label.value);
}
