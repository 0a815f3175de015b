import type { CallOptions, CheckpointRecord, CheckpointStore, Logger } from '@holdfast/core';
import type { SnapshotMetadata } from '../run/snapshot-metadata.js';
import { type JobRecords, jobRecords } from './job-records.js';
import { readMetadata } from './read-metadata.js';

export interface StoredJob extends JobRecords {
  readonly job: string;
  /** True where it has no epoch: it never was, or was removed. */
  readonly isGone: boolean;
  /** Newest first. */
  readonly checkpoints: readonly CheckpointRecord[];
  /** Changes whenever one of its attempts writes anything of what was read. */
  readonly mark: string;
}

/** What the repository tells of a job, as records of a catalog. An unknown job has none. */
export async function readJob(store: CheckpointStore, job: string, logger: Logger, options: CallOptions): Promise<StoredJob> {
  const mark = await markOf(store, job, options);
  const history = await store.history(job, options);
  const [snapshots, state] = [await store.list(job, options), await store.state(job, options).catch(() => undefined)];
  const metadata = new Map<number, SnapshotMetadata>();
  for (const summary of snapshots) {
    const found = await readMetadata(store, summary, logger, options);
    if (found !== undefined) metadata.set(summary.number, found);
  }
  const newest = snapshots.map(({ number }) => metadata.get(number)).find((each) => each !== undefined);
  const isFork = (state?.sources.length ?? 0) > 0;
  return {
    job,
    isGone: history.length === 0,
    ...jobRecords({ repositoryId: store.repositoryId, history, snapshots, metadata: newest, isFork }),
    checkpoints: snapshots.map(({ parent: _parent, eligible: _eligible, ...summary }) => ({
      ...summary,
      freezeMs: Math.round(metadata.get(summary.number)?.freezeMs ?? 0),
    })),
    mark,
  };
}

/** What of a job has changed where it differs: its epochs with their ends and notes, its snapshots. */
export async function markOf(store: CheckpointStore, job: string, options: CallOptions): Promise<string> {
  const [history, snapshots] = [await store.history(job, options), await store.list(job, options)];
  const epochs = history.map(({ epoch, end, started, over }) => [epoch, end !== undefined, started !== undefined, over !== undefined]);
  return JSON.stringify([epochs, snapshots.map(({ number, epoch, attempt }) => [number, epoch, attempt])]);
}
