import { ok } from 'node:assert/strict';
import type { AttemptRecord, CheckpointRecord, EventRecord, JobRecord, Lease, LeaseHolder, MetadataStore } from '@holdfast/core';

/** An empty database of one case's own. */
export interface MetadataStoreFixture extends AsyncDisposable {
  /** Opens another connection to it, as another process would; the first makes what is missing. */
  readonly open: () => Promise<MetadataStore>;
}

export const firstTime = '2026-01-02T03:04:05.000Z';

/** An instant a number of seconds after `firstTime`. */
export function timeAfter(seconds: number): string {
  return new Date(Date.parse(firstTime) + seconds * 1000).toISOString();
}

export function holder(attempt: string): LeaseHolder {
  return { attempt, host: 'host-1', bootId: 'b3c1', pid: 4242, startTicks: 987_654_321 };
}

export function job(name: string, fields: Partial<JobRecord> = {}): JobRecord {
  return {
    job: name,
    repositoryId: 'repository-1',
    command: ['./align.sh', '--all'],
    workingDirectory: '/work',
    status: 'running',
    labels: {},
    createdAt: firstTime,
    updatedAt: firstTime,
    exitCode: undefined,
    ...fields,
  };
}

export function attempt(name: string, fields: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    job: 'job',
    attempt: name,
    epoch: 1,
    host: 'host-1',
    pid: 4242,
    startedAt: firstTime,
    endedAt: undefined,
    resumedFrom: undefined,
    outcome: 'running',
    exitCode: undefined,
    ...fields,
  };
}

export function checkpoint(number: number, fields: Partial<CheckpointRecord> = {}): CheckpointRecord {
  return { job: 'job', number, epoch: 1, attempt: 'a', createdAt: firstTime, freezeMs: 12.5, logicalBytes: 2 ** 40, storedBytes: 4096, ...fields };
}

export function event(type: string, fields: Partial<EventRecord> = {}): EventRecord {
  return { job: 'job', attempt: 'a', at: firstTime, type, detail: {}, ...fields };
}

/** The lease of a job that is free. */
export async function acquired(store: MetadataStore, name: string, attemptName: string, ttlMs: number = 3_600_000): Promise<Lease> {
  const outcome = await store.acquireLease(name, holder(attemptName), ttlMs);
  ok(outcome.acquired, 'a free lease was not given');
  return outcome.lease;
}

/** Waits until the store's own clock has passed the lease's end. */
export async function expired(store: MetadataStore, name: string): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while ((await store.currentLease(name)) !== undefined) {
    ok(performance.now() < giveUpAt, 'a lease of milliseconds does not expire');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
