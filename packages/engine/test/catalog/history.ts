import { type CheckpointStore, type Clock, type Epoch, type MetadataStore, silentLogger } from '@holdfast/core';
import { memoryObject, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { overNote, startedNote } from '../../src/catalog/attempt-note.js';
import { applyWrite } from '../../src/catalog/catalog-write.js';
import { keepNote } from '../../src/catalog/keep-note.js';
import { attemptRecord, jobRecord } from '../../src/run/catalog-records.js';
import type { ActiveRunOptions } from '../../src/run/run-environment.js';
import type { SnapshotMetadata } from '../../src/run/snapshot-metadata.js';

export const metadata: SnapshotMetadata = {
  version: 1,
  command: ['./align.sh', 'old'],
  workingDirectory: '/old',
  roots: [],
  stdin: { consumedBytes: 0, ended: true },
  freezeMs: 12.4,
  memoryFrom: 'staged-disk',
  files: null,
  mounts: null,
  container: null,
  outsideFiles: null,
  host: { kernel: 'k', architecture: 'a', name: 'n' },
};

/** A clock that goes on by a second each time somebody looks. */
export function steppingClock(): Clock {
  let seconds = 0;
  return { now: () => new Date(Date.UTC(2026, 10, 20, 10, 0, (seconds += 1))), monotonicMs: () => seconds * 1000 };
}

export interface HistoryPlace {
  readonly store: CheckpointStore;
  readonly catalog: MetadataStore;
  readonly clock: Clock;
}

/** What an attempt does beside its job: claims, notes, snapshots; then how it ended, or that it was killed. */
export async function liveThrough(
  { store, catalog, clock }: HistoryPlace,
  job: string,
  attempt: string,
  {
    snapshots = 0,
    end,
    labels = {},
  }: { snapshots?: number; end?: { outcome: 'exited' | 'stopped'; exitCode?: number }; labels?: Record<string, string> },
): Promise<Epoch> {
  const holder = { attempt, host: `host-of-${attempt}`, pid: 7 };
  const epoch = await store.claim(job, holder, { kind: 'newest' });
  const options = {
    environment: { store, clock, logger: silentLogger },
    request: { job, command: ['./align.sh', 'ü "x"'], workingDirectory: '/data', labels },
    attempt,
    epoch,
    host: holder.host,
    identity: { pid: 7 },
    restored: epoch.from === undefined ? undefined : { from: epoch.from },
  } as unknown as ActiveRunOptions;
  const startedAt = clock.now().toISOString();
  const [record, begun] = [jobRecord(options, 'running', undefined), attemptRecord(options, startedAt, undefined)];
  await keepNote(options, 'started', startedNote(record, begun));
  await catalog.putJob(record);
  await applyWrite(catalog, { write: 'lost', job, epoch: epoch.epoch, at: startedAt });
  await catalog.putAttempt(begun);
  let parent = epoch.from;
  for (let made = 0; made < snapshots; made += 1) {
    await using writer = await store.begin(epoch, parent);
    await writer.put(memoryObject('memory', patternBytes(8192, made + epoch.epoch)));
    const { summary: committed } = await writer.commit({ ...metadata });
    parent = committed;
    const { parent: _parent, eligible: _eligible, ...summary } = committed;
    await catalog.putCheckpoint({ ...summary, freezeMs: 12 });
  }
  if (end === undefined) return epoch;
  const { outcome, exitCode } = end;
  if (outcome === 'exited') await store.end(epoch, { exitCode: exitCode ?? 0, endedAt: clock.now().toISOString() });
  const status = outcome === 'exited' ? (exitCode === 0 ? 'succeeded' : 'failed') : 'interrupted';
  const [last, ended] = [
    jobRecord(options, status, outcome === 'exited' ? exitCode : undefined),
    attemptRecord(options, startedAt, { outcome, exitCode }),
  ];
  await keepNote(options, 'over', overNote(last, ended, startedAt));
  await catalog.putJob(last);
  await catalog.putAttempt(ended);
  return epoch;
}
