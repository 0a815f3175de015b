import type { AttemptRecord, CheckpointRecord, EventRecord, JobRecord, JobStatus } from '@holdfast/core';
import type { RunEvent } from './events.js';
import type { ActiveRunOptions } from './run-environment.js';
import type { RunResult } from './types.js';

export function jobRecord({ environment, request }: ActiveRunOptions, status: JobStatus, exitCode: number | undefined): JobRecord {
  const now = environment.clock.now().toISOString();
  return {
    job: request.job,
    repositoryId: environment.store.repositoryId,
    command: request.command,
    workingDirectory: request.workingDirectory,
    status,
    labels: request.labels,
    createdAt: now,
    updatedAt: now,
    exitCode,
  };
}

export function attemptRecord(
  { environment, request, attempt, epoch, host, identity, restored }: ActiveRunOptions,
  startedAt: string,
  end: Pick<RunResult, 'outcome' | 'exitCode'> | undefined,
): AttemptRecord {
  return {
    job: request.job,
    attempt,
    epoch: epoch.epoch,
    host,
    pid: identity.pid,
    startedAt,
    endedAt: end === undefined ? undefined : environment.clock.now().toISOString(),
    resumedFrom: restored?.from.number,
    outcome: end === undefined ? 'running' : end.outcome === 'stopped' ? 'interrupted' : end.outcome,
    exitCode: end?.exitCode,
  };
}

export function checkpointRecord(event: Extract<RunEvent, { type: 'snapshot.committed' }>, epoch: number): CheckpointRecord {
  const { job, attempt, createdAt, number, freezeMs, logicalBytes, storedBytes } = event;
  return { job, number, epoch, attempt, createdAt, freezeMs, logicalBytes, storedBytes };
}

export function eventRecord({ at, job, attempt, type, ...detail }: RunEvent): EventRecord {
  return { at, job, attempt, type, detail };
}
