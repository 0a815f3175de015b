import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type CallOptions, type CheckpointStore, type CheckpointSummary, type Clock, isHoldfastError, type MetadataStore } from '@holdfast/core';
import { parseSnapshotMetadata, type SnapshotMetadata } from '../run/snapshot-metadata.js';
import type { ForkedJob, ForkRequest } from './types.js';

export interface ForkOptions {
  readonly store: CheckpointStore;
  readonly catalog: (options: CallOptions) => Promise<MetadataStore>;
  readonly clock: Clock;
}

/** Makes a job out of another's snapshot, and lists it in the catalog: one that does not answer is a warning. */
export async function forkJob(
  job: string,
  { to, number }: ForkRequest,
  options: CallOptions,
  { store, catalog, clock }: ForkOptions,
): Promise<ForkedJob> {
  const holder = { attempt: randomBytes(6).toString('hex'), host: hostname(), pid: process.pid };
  const summary = await store.fork({ job, number }, to, holder, options);
  const [from] = (await store.state(to, options)).sources;
  const forked = { job: to, number: summary.number, from: { job, number: from?.number ?? number ?? summary.number } };
  try {
    const metadata = await metadataOf(store, summary, options);
    await noteFork(await catalog(options), store.repositoryId, summary, metadata, clock.now().toISOString(), options);
    return { ...forked, warning: undefined };
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    return { ...forked, warning: `job ${to} is not in the catalog before it runs: ${error.message}` };
  }
}

async function metadataOf(store: CheckpointStore, summary: CheckpointSummary, options: CallOptions): Promise<SnapshotMetadata> {
  await using reader = await store.open(summary, options);
  return parseSnapshotMetadata(reader.metadata, summary.job, summary.number);
}

/** As an interrupted job: its line resumes it. */
async function noteFork(
  catalog: MetadataStore,
  repositoryId: string,
  { job, number, epoch, attempt, createdAt, logicalBytes, storedBytes }: CheckpointSummary,
  { command, workingDirectory, freezeMs = 0 }: SnapshotMetadata,
  now: string,
  options: CallOptions,
): Promise<void> {
  const times = { createdAt: now, updatedAt: now };
  await catalog.putJob({ job, repositoryId, command, workingDirectory, status: 'interrupted', labels: {}, ...times, exitCode: undefined }, options);
  await catalog.putCheckpoint({ job, number, epoch, attempt, createdAt, freezeMs, logicalBytes, storedBytes }, options);
}
