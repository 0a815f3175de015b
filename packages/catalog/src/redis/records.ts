import type { AttemptRecord, CheckpointRecord, EventRecord, JobRecord } from '@holdfast/core';
import * as z from 'zod';

// Records are kept as JSON documents, in which what is undefined is null.
const orAbsent = <T extends z.ZodType>(schema: T): z.ZodPipe<z.ZodNullable<T>, z.ZodTransform<z.output<T> | undefined, z.output<T> | null>> =>
  schema.nullable().transform((value) => value ?? undefined);
const whole = z.int();

/** `createdAt` is kept beside the document: the first one stays. */
export const jobSchema: z.ZodType<Omit<JobRecord, 'createdAt'>> = z.object({
  job: z.string(),
  repositoryId: z.string(),
  command: z.array(z.string()),
  workingDirectory: z.string(),
  status: z.enum(['running', 'interrupted', 'succeeded', 'failed']),
  labels: z.record(z.string(), z.string()),
  updatedAt: z.string(),
  exitCode: orAbsent(whole),
});

export const attemptSchema: z.ZodType<AttemptRecord> = z.object({
  job: z.string(),
  attempt: z.string(),
  epoch: whole,
  host: z.string(),
  pid: whole,
  startedAt: z.string(),
  endedAt: orAbsent(z.string()),
  resumedFrom: orAbsent(whole),
  outcome: z.enum(['running', 'exited', 'interrupted', 'lost', 'failed']),
  exitCode: orAbsent(whole),
});

export const checkpointSchema: z.ZodType<CheckpointRecord> = z.object({
  job: z.string(),
  number: whole,
  epoch: whole,
  attempt: z.string(),
  createdAt: z.string(),
  freezeMs: z.number(),
  logicalBytes: whole,
  storedBytes: whole,
});

export const eventSchema: z.ZodType<EventRecord> = z.object({
  job: z.string(),
  attempt: orAbsent(z.string()),
  at: z.string(),
  type: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

export function writeJob({ job, repositoryId, command, workingDirectory, status, labels, updatedAt, exitCode }: JobRecord): string {
  return JSON.stringify({ job, repositoryId, command, workingDirectory, status, labels, updatedAt, exitCode: exitCode ?? null });
}

export function writeAttempt(record: AttemptRecord): string {
  const { job, attempt, epoch, host, pid, startedAt, outcome } = record;
  const absent = { endedAt: record.endedAt ?? null, resumedFrom: record.resumedFrom ?? null, exitCode: record.exitCode ?? null };
  return JSON.stringify({ job, attempt, epoch, host, pid, startedAt, outcome, ...absent });
}

export function writeCheckpoint(record: CheckpointRecord): string {
  const { job, number, epoch, attempt, createdAt, freezeMs, logicalBytes, storedBytes } = record;
  return JSON.stringify({ job, number, epoch, attempt, createdAt, freezeMs, logicalBytes, storedBytes });
}

export function writeEvent({ job, attempt, at, type, detail }: EventRecord): string {
  return JSON.stringify({ job, attempt: attempt ?? null, at, type, detail });
}
