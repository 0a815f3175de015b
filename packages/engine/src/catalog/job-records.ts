import type { AttemptRecord, CheckpointSummary, EpochHistory, JobRecord } from '@holdfast/core';
import { importAttemptPrefix } from '../archive/claim-new-job.js';
import type { SnapshotMetadata } from '../run/snapshot-metadata.js';
import { parseOverNote, parseStartedNote } from './attempt-note.js';

/** What the repository tells of a job. */
export interface JobFacts {
  readonly repositoryId: string;
  /** Oldest first. */
  readonly history: readonly EpochHistory[];
  /** Newest first. */
  readonly snapshots: readonly CheckpointSummary[];
  /** Of the newest snapshot that can be read. */
  readonly metadata: Pick<SnapshotMetadata, 'command' | 'workingDirectory'> | undefined;
  readonly isFork: boolean;
}

export interface JobRecords {
  /** Undefined where neither a note nor a snapshot tells the job's command. */
  readonly record: JobRecord | undefined;
  /** Oldest first. */
  readonly attempts: readonly AttemptRecord[];
}

/** The records that a catalog had which missed nothing: what each attempt noted, one after the other, as it was written there. */
export function jobRecords(facts: JobFacts): JobRecords {
  const attempts = new Map<string, AttemptRecord>();
  let record: JobRecord | undefined;
  for (const epoch of facts.history) {
    const attempt = attemptOf(facts, epoch);
    // Whoever began later knew that those before were dead.
    if (attempt !== undefined) {
      for (const [name, before] of attempts)
        if (before.outcome === 'running') attempts.set(name, { ...before, outcome: 'lost', endedAt: attempt.startedAt });
      attempts.set(attempt.attempt, attempt);
    }
    record = jobAfter(record, facts, epoch);
  }
  return { record, attempts: [...attempts.values()] };
}

function attemptOf(facts: JobFacts, { job, attempt, epoch, holder, claimedAt, from, end, started, over }: EpochHistory): AttemptRecord | undefined {
  const noted = parseStartedNote(started);
  if (noted === undefined ? wasMade(facts, epoch, attempt) && end === undefined : noted.attempt === undefined) return undefined;
  const { host, pid, startedAt, resumedFrom } = noted?.attempt ?? { ...holder, startedAt: claimedAt, resumedFrom: from?.number };
  const ended = parseOverNote(over)?.attempt ?? (end === undefined ? undefined : { outcome: 'exited' as const, ...end });
  const base = { job, attempt, epoch, host, pid, startedAt, resumedFrom };
  return { ...base, outcome: ended?.outcome ?? 'running', endedAt: ended?.endedAt, exitCode: ended?.exitCode };
}

/** An epoch without a note is of an older Holdfast, or of an attempt that died young, or failed to begin; or nobody's who ran anything. */
function wasMade({ history, isFork }: JobFacts, epoch: number, attempt: string): boolean {
  return attempt.startsWith(importAttemptPrefix) || (isFork && epoch === history[0]?.epoch);
}

function jobAfter(before: JobRecord | undefined, facts: JobFacts, epoch: EpochHistory): JobRecord | undefined {
  const noted = parseStartedNote(epoch.started)?.job;
  const { job, end } = epoch;
  const identity = { job, repositoryId: facts.repositoryId };
  const begun =
    noted === undefined
      ? (before ?? fromSnapshots(facts, epoch))
      : { ...identity, ...noted, createdAt: before?.createdAt ?? noted.createdAt, exitCode: undefined };
  if (begun === undefined) return undefined;
  const over = parseOverNote(epoch.over)?.job;
  if (over !== undefined) return { ...begun, ...over, exitCode: over.exitCode };
  if (end === undefined) return begun;
  return { ...begun, status: end.exitCode === 0 ? 'succeeded' : 'failed', updatedAt: end.endedAt, exitCode: end.exitCode };
}

function fromSnapshots({ repositoryId, metadata, snapshots }: JobFacts, { job, claimedAt }: EpochHistory): JobRecord | undefined {
  if (metadata === undefined) return undefined;
  return {
    job,
    repositoryId,
    command: metadata.command,
    workingDirectory: metadata.workingDirectory,
    labels: {},
    status: 'interrupted',
    createdAt: claimedAt,
    updatedAt: snapshots[0]?.createdAt ?? claimedAt,
    exitCode: undefined,
  };
}
