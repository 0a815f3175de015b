import type { AttemptRecord, CatalogTotals, CheckpointRecord, EventRecord, JobRecord, LeaseHolder } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core';
import type { Selectable } from 'kysely';
import * as z from 'zod';
import type { CatalogTables } from './schema.js';

// What comes out of a database is parsed like any other input: an altered row is `corrupt`, not a crash somewhere else.
const whole = z.coerce.number().int();
const optionalWhole = whole.nullish().transform((value) => value ?? undefined);
const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const json = <T extends z.ZodType>(schema: T): z.ZodPipe<z.ZodTransform, T> =>
  z.transform((text: unknown) => (typeof text === 'string' ? parseJson(text) : text)).pipe(schema);

const holderSchema = z.object({ attempt: z.string(), host: z.string(), bootId: z.string(), pid: whole, startTicks: z.number() });
const leaseSchema = z.object({ job: z.string(), term: whole, holder: json(holderSchema), acquired_at_ms: whole, expires_at_ms: whole });
const jobSchema = z.object({
  job: z.string(),
  repository_id: z.string(),
  command: json(z.array(z.string())),
  working_directory: z.string(),
  status: z.enum(['running', 'interrupted', 'succeeded', 'failed']),
  labels: json(z.record(z.string(), z.string())),
  created_at: z.string(),
  updated_at: z.string(),
  exit_code: optionalWhole,
});
const attemptSchema = z.object({
  job: z.string(),
  attempt: z.string(),
  epoch: whole,
  host: z.string(),
  pid: whole,
  started_at: z.string(),
  ended_at: optionalText,
  resumed_from: optionalWhole,
  outcome: z.enum(['running', 'exited', 'interrupted', 'lost', 'failed']),
  exit_code: optionalWhole,
});
const checkpointSchema = z.object({
  job: z.string(),
  number: whole,
  epoch: whole,
  attempt: z.string(),
  created_at: z.string(),
  freeze_ms: z.number(),
  logical_bytes: whole,
  stored_bytes: whole,
});
const eventSchema = z.object({
  job: z.string(),
  attempt: optionalText,
  at: z.string(),
  type: z.string(),
  detail: json(z.record(z.string(), z.unknown())),
});

const statusCountSchema = z.object({ status: jobSchema.shape.status, jobs: whole });
const snapshotCountSchema = z.object({ snapshots: whole, stored_bytes: z.coerce.number().nullable() });

export interface LeaseRow {
  readonly job: string;
  readonly term: number;
  readonly holder: LeaseHolder;
  readonly acquiredAtMs: number;
  readonly expiresAtMs: number;
}

export function readLease(row: Selectable<CatalogTables['hf_leases']>): LeaseRow {
  const { acquired_at_ms, expires_at_ms, ...same } = parseRow('hf_leases', leaseSchema, row);
  return { ...same, acquiredAtMs: acquired_at_ms, expiresAtMs: expires_at_ms };
}

export function readJob(row: Selectable<CatalogTables['hf_jobs']>): JobRecord {
  const { repository_id, working_directory, created_at, updated_at, exit_code, ...same } = parseRow('hf_jobs', jobSchema, row);
  return {
    ...same,
    repositoryId: repository_id,
    workingDirectory: working_directory,
    createdAt: created_at,
    updatedAt: updated_at,
    exitCode: exit_code,
  };
}

export function readAttempt(row: Selectable<CatalogTables['hf_attempts']>): AttemptRecord {
  const { started_at, ended_at, resumed_from, exit_code, ...same } = parseRow('hf_attempts', attemptSchema, row);
  return { ...same, startedAt: started_at, endedAt: ended_at, resumedFrom: resumed_from, exitCode: exit_code };
}

export function readCheckpoint(row: Selectable<CatalogTables['hf_checkpoints']>): CheckpointRecord {
  const { created_at, freeze_ms, logical_bytes, stored_bytes, ...same } = parseRow('hf_checkpoints', checkpointSchema, row);
  return { ...same, createdAt: created_at, freezeMs: freeze_ms, logicalBytes: logical_bytes, storedBytes: stored_bytes };
}

export function readEvent(row: Selectable<CatalogTables['hf_events']>): EventRecord {
  return parseRow('hf_events', eventSchema, row);
}

export function readCounts(byStatus: readonly unknown[], [sums]: readonly unknown[]): CatalogTotals {
  const jobs = { running: 0, interrupted: 0, succeeded: 0, failed: 0 };
  for (const row of byStatus) {
    const { status, jobs: count } = parseRow('hf_jobs', statusCountSchema, row);
    jobs[status] = count;
  }
  const { snapshots, stored_bytes } = parseRow('hf_checkpoints', snapshotCountSchema, sums);
  return { jobs, snapshots, storedBytes: stored_bytes ?? 0 };
}

function parseRow<T extends z.ZodType>(table: string, schema: T, row: unknown): z.output<T> {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new HoldfastError('HF_CATALOG_CORRUPT', {
    kind: 'corrupt',
    message: `The catalog's table ${table} has a row that is not right: ${z.prettifyError(parsed.error)}`,
    hint: 'The catalog can be rebuilt from the repository: move it away and start again',
    cause: parsed.error,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
