import { maxDurationMs } from '@holdfast/core';
import * as z from 'zod';

// What every engine keeps as it was given. A caller without types, or with wrong ones, hears of it before anything is written.

/** Below what each database takes for a job in one call. */
const mostLabels = 1000;
/** Characters that every database can find by. */
const longestKey = 255;

const text = z.string().refine((value) => !value.includes('\0'), 'has a NUL in it');
const key = text.refine((value) => value.length <= longestKey || Array.from(value).length <= longestKey, `is longer than ${longestKey} characters`);
const name = key.min(1, 'is empty');
const count = z.int().nonnegative();
const exitCode = z.int32().optional();

/** Texts of this one form sort as the times do. */
export const instant: z.ZodString = z.string().refine(
  (value) => {
    const date = new Date(value);
    return !Number.isNaN(date.getTime()) && date.toISOString() === value;
  },
  `is no time in UTC such as ${new Date(0).toISOString()}`,
);

export const job: z.ZodType = name;
export const ttlMs: z.ZodType = z.int().min(1).max(maxDurationMs);
export const numbers: z.ZodType = z.array(count);

const holderSchema = z.object({ attempt: name, host: key, bootId: key, pid: count, startTicks: count });
export const holder: z.ZodType = holderSchema;
export const lease: z.ZodType = z.object({ job: name, holder: holderSchema, term: count, acquiredAt: instant, expiresAt: instant });

export const jobRecord: z.ZodType = z.object({
  job: name,
  repositoryId: key,
  command: z.array(z.string()),
  workingDirectory: text,
  status: z.enum(['running', 'interrupted', 'succeeded', 'failed']),
  labels: z.record(key, key).refine((labels) => Object.keys(labels).length <= mostLabels, `are more than ${mostLabels}`),
  createdAt: instant,
  updatedAt: instant,
  exitCode,
});

export const attemptRecord: z.ZodType = z.object({
  job: name,
  attempt: name,
  epoch: count,
  host: key,
  pid: count,
  startedAt: instant,
  endedAt: instant.optional(),
  resumedFrom: count.optional(),
  outcome: z.enum(['running', 'exited', 'interrupted', 'lost', 'failed']),
  exitCode,
});

export const checkpointRecord: z.ZodType = z.object({
  job: name,
  number: count,
  epoch: count,
  attempt: key,
  createdAt: instant,
  freezeMs: z.number().nonnegative(),
  logicalBytes: count,
  storedBytes: count,
});

export const eventRecord: z.ZodType = z.object({
  job: name,
  attempt: key.optional(),
  at: instant,
  type: key,
  detail: z.record(z.string(), z.unknown()),
});

export const updatedAfter: z.ZodType = instant.optional();
