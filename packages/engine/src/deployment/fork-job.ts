import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type CallOptions, type CheckpointStore, type Clock, isHoldfastError, type MetadataStore } from '@holdfast/core';
import { applyWrite } from '../catalog/catalog-write.js';
import { forkedWrites } from '../catalog/forked-job.js';
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
    const writes = await forkedWrites(store, clock, summary, options);
    const opened = await catalog(options);
    for (const entry of writes) await applyWrite(opened, entry, options);
    return { ...forked, warning: undefined };
  } catch (error) {
    if (!isHoldfastError(error) || error.kind === 'aborted') throw error;
    return { ...forked, warning: `job ${to} is not in the catalog before it runs: ${error.message}` };
  }
}
