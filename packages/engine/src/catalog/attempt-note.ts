import type { AttemptRecord, CheckpointMetadata, JobRecord } from '@holdfast/core';
import { z } from 'zod';

/**
 * What an attempt keeps in the repository so that a catalog can be made from it; docs/format.md, "Notes". `version` grows when a reader of this one
 * could go wrong.
 */
export interface StartedNote {
  readonly version: 1;
  readonly job: Omit<JobRecord, 'job' | 'repositoryId' | 'exitCode'>;
  /** Absent where the job was made by a fork or an import: nothing ran. */
  readonly attempt?: (Pick<AttemptRecord, 'host' | 'pid' | 'startedAt'> & { readonly resumedFrom?: number | undefined }) | undefined;
}

export interface OverNote {
  readonly version: 1;
  /** Absent where a newer attempt had the job by then. */
  readonly job?: (Pick<JobRecord, 'status' | 'updatedAt'> & { readonly exitCode?: number | undefined }) | undefined;
  readonly attempt: Pick<AttemptRecord, 'outcome'> & { readonly endedAt: string; readonly exitCode?: number | undefined };
}

const status = z.enum(['running', 'interrupted', 'succeeded', 'failed']);
const time = z.iso.datetime({ precision: 3 });
const number = z.number().int().nonnegative();

const startedSchema: z.ZodType<StartedNote> = z.object({
  version: z.literal(1),
  job: z.object({
    command: z.array(z.string()),
    workingDirectory: z.string(),
    status,
    labels: z.record(z.string(), z.string()),
    createdAt: time,
    updatedAt: time,
  }),
  attempt: z.object({ host: z.string(), pid: number, startedAt: time, resumedFrom: number.optional() }).optional(),
});

const overSchema: z.ZodType<OverNote> = z.object({
  version: z.literal(1),
  job: z.object({ status, updatedAt: time, exitCode: z.number().int().optional() }).optional(),
  attempt: z.object({
    outcome: z.enum(['running', 'exited', 'interrupted', 'lost', 'failed']),
    endedAt: time,
    exitCode: z.number().int().optional(),
  }),
});

/** Undefined where there is none, and for one of another version: the rest of the history still tells something. */
export function parseStartedNote(value: CheckpointMetadata | undefined): StartedNote | undefined {
  return startedSchema.safeParse(value).data;
}

export function parseOverNote(value: CheckpointMetadata | undefined): OverNote | undefined {
  return overSchema.safeParse(value).data;
}

export function startedNote(
  { command, workingDirectory, status: now, labels, createdAt, updatedAt }: JobRecord,
  attempt: AttemptRecord | undefined,
): StartedNote {
  const job = { command, workingDirectory, status: now, labels, createdAt, updatedAt };
  if (attempt === undefined) return { version: 1, job };
  const { host, pid, startedAt, resumedFrom } = attempt;
  return { version: 1, job, attempt: { host, pid, startedAt, ...(resumedFrom === undefined ? {} : { resumedFrom }) } };
}

/** `record` is undefined where the job is another attempt's by now. */
export function overNote(
  record: JobRecord | undefined,
  { outcome, endedAt, exitCode }: Pick<AttemptRecord, 'outcome' | 'endedAt' | 'exitCode'>,
  now: string,
): OverNote {
  const ended = { outcome, endedAt: endedAt ?? now, ...exit(exitCode) };
  if (record === undefined) return { version: 1, attempt: ended };
  return { version: 1, job: { status: record.status, updatedAt: record.updatedAt, ...exit(record.exitCode) }, attempt: ended };
}

function exit(exitCode: number | undefined): { readonly exitCode?: number } {
  return exitCode === undefined ? {} : { exitCode };
}
