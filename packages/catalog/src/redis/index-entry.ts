import type { JobRecord } from '@holdfast/core';
import * as z from 'zod';
import { descending, instantWidth } from './sortable.js';

/** What the index says of a job: which version of its record, under which name of a time, in which choices. */
export interface IndexEntry {
  readonly version: string;
  readonly member: string;
  readonly choices: readonly string[];
}

export const indexEntrySchema: z.ZodType<IndexEntry> = z.object({ version: z.string(), member: z.string(), choices: z.array(z.string()) });

export function indexEntry(record: Omit<JobRecord, 'createdAt'>, version: string): IndexEntry {
  const { job, status, repositoryId, labels, updatedAt } = record;
  const labelled = Object.entries(labels).map(([name, value]) => choiceOfLabel(name, value));
  return { version, member: memberOf(updatedAt, job), choices: [everyJob, choiceOfStatus(status), choiceOfRepository(repositoryId), ...labelled] };
}

export const everyJob = 'all';

export function choiceOfStatus(status: string): string {
  return `status:${status}`;
}

export function choiceOfRepository(repositoryId: string): string {
  return `repository:${repositoryId}`;
}

export function choiceOfLabel(name: string, value: string): string {
  return `label:${JSON.stringify([name, value])}`;
}

/** Members sort as jobs are listed: the latest first, those of one instant by name. */
export function memberOf(updatedAt: string, job: string): string {
  return `${descending(updatedAt)}${job}`;
}

export function jobOf(member: string): string {
  return member.slice(instantWidth);
}
