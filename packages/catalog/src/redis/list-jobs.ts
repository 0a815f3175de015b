import type { JobQuery, JobRecord } from '@holdfast/core';
import type { RedisPort } from './connection.js';
import { choiceOfLabel, choiceOfRepository, choiceOfStatus, everyJob, jobOf, memberOf } from './index-entry.js';
import type { JobIndex } from './job-index.js';
import { readJob } from './job-records.js';
import type { Keys } from './keys.js';
import { descending } from './sortable.js';
import { walkIndex } from './walk-index.js';

interface Place {
  readonly location: string;
  readonly keys: Keys;
  readonly index: JobIndex;
}

/** Which part of a listing. */
interface Part {
  /** Behind this one; undefined: from the beginning. */
  readonly cursor: readonly [updatedAt: string, job: string] | undefined;
  readonly wanted: number;
}

/** Records in the order of the listing, by the index; each is looked at itself, and where the index is wrong of it, the index is repaired. */
export async function listJobs(
  port: RedisPort,
  { location, keys, index }: Place,
  query: JobQuery,
  { cursor, wanted }: Part,
): Promise<readonly JobRecord[]> {
  const choices = await smallestFirst(port, keys, choicesOf(query));
  const to = query.updatedAfter === undefined ? '+' : `(${descending(query.updatedAfter)}`;
  const from = cursor === undefined ? '-' : `(${memberOf(...cursor)}`;
  await index.repairStopped(port);
  const records: JobRecord[] = [];
  const walk = walkIndex(port, location, choices, { from, to, prefix: query.prefix ?? '', wanted: () => wanted - records.length });
  for await (const members of walk) {
    const stored = await Promise.all(members.map((member) => readJob(port, location, keys, jobOf(member))));
    for (const [place, member] of members.entries()) {
      const record = stored[place]?.record;
      if (record !== undefined && memberOf(record.updatedAt, record.job) === member && fits(record, query)) records.push(record);
      else await index.repair(port, jobOf(member));
    }
    if (records.length >= wanted) break;
  }
  return records;
}

function choicesOf({ status, repositoryId, label }: JobQuery): readonly [string, ...string[]] {
  const chosen = [
    ...(status === undefined ? [] : [choiceOfStatus(status)]),
    ...(repositoryId === undefined ? [] : [choiceOfRepository(repositoryId)]),
    ...(label === undefined ? [] : [choiceOfLabel(label.name, label.value)]),
  ];
  const [first, ...others] = chosen;
  return first === undefined ? [everyJob] : [first, ...others];
}

/** Keys of the choices: the smallest is walked through. */
async function smallestFirst(
  port: RedisPort,
  keys: Keys,
  [first, ...others]: readonly [string, ...string[]],
): Promise<readonly [string, ...string[]]> {
  let smallest = { key: keys.choice(first), size: Number.POSITIVE_INFINITY };
  if (others.length === 0) return [smallest.key];
  const all = [first, ...others].map((name) => keys.choice(name));
  for (const key of all) {
    const size = Number(await port.send('zcard', key));
    if (size < smallest.size) smallest = { key, size };
  }
  return [smallest.key, ...all.filter((key) => key !== smallest.key)];
}

function fits(record: JobRecord, { status, repositoryId, label }: JobQuery): boolean {
  if (status !== undefined && record.status !== status) return false;
  if (repositoryId !== undefined && record.repositoryId !== repositoryId) return false;
  return label === undefined || (Object.hasOwn(record.labels, label.name) && record.labels[label.name] === label.value);
}
