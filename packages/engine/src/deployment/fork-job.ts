import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type CallOptions, type CheckpointStore, type CheckpointSummary, type Clock, isHoldfastError, type MetadataStore } from '@holdfast/core';
import { startedNote } from '../catalog/attempt-note.js';
import { madeJob, noteMade } from '../catalog/made-job.js';
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
    const record = madeJob(store.repositoryId, to, metadata, clock.now().toISOString());
    await store.note(summary, 'started', { ...startedNote(record, undefined) }, options);
    await noteMade(await catalog(options), record, summary, metadata, options);
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
