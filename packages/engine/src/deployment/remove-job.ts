import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type CallOptions, type CheckpointStore, HoldfastError, isHoldfastError, type Lease, type Logger, type MetadataStore } from '@holdfast/core';
import { isContainerAlive } from '../container/cleanup.js';
import { isProcessAlive, ownProcessIdentity } from '../container/process-identity.js';
import { takeLease } from '../run/lease-keeper.js';
import { findRuns } from '../run/run-record.js';
import { keepLease } from './keep-lease.js';
import { missingJob } from './missing-job.js';

export interface RemovedJob {
  readonly job: string;
  readonly snapshots: number;
  readonly freedBytes: number;
  /** Why its directory in the storage stays; undefined where it is gone. */
  readonly warning: string | undefined;
}

export interface RemoveContext {
  readonly stateDirectory: string;
  readonly leaseTtlMs: number;
  readonly logger: Logger;
  readonly store: (options: CallOptions) => Promise<CheckpointStore>;
  readonly catalog: (options: CallOptions) => Promise<MetadataStore>;
  /** Whether a process of the container's job runs on this machine; asks the kernel where absent. */
  readonly isContainerAlive?: ((containerId: string) => Promise<boolean>) | undefined;
}

/** Removes a job from the repository, then from the catalog, under its lease: so a removal that dies is finished by another. */
export async function removeJob(context: RemoveContext, job: string, force: boolean, options: CallOptions): Promise<RemovedJob> {
  const store = await context.store(options);
  const catalog = await context.catalog(options);
  const isStored = (await store.jobs(options)).includes(job);
  const isKnown = (await catalog.getJob(job, options))?.repositoryId === store.repositoryId;
  if (!isStored && !isKnown) throw missingJob(job);
  await assertNotHere(context, store.repositoryId, job);
  const holder = { attempt: `remove-${randomBytes(6).toString('hex')}`, host: hostname(), ...ownProcessIdentity() };
  const lease = await lockJob(catalog, job, holder, context, options);
  const kept = keepLease(catalog, lease, context, options.signal);
  try {
    const removal = isStored ? await store.remove(job, holder, { signal: kept.signal, force }) : { snapshots: 0, freedBytes: 0, gone: true };
    if (isKnown) await catalog.removeJob(job, options);
    const warning = removal.gone
      ? undefined
      : `the directory of ${job} in the storage stays: it has files of a new job, or such as Holdfast does not know`;
    return { job, snapshots: removal.snapshots, freedBytes: removal.freedBytes, warning };
  } catch (error) {
    const isTaken = kept.isLost() || (isHoldfastError(error) && error.kind === 'fenced');
    throw isTaken ? takenMeanwhile(job, error) : error;
  } finally {
    kept.stop();
    await catalog.releaseLease(lease).catch(() => undefined);
  }
}

/** Without a lease nobody knows whether the job runs somewhere, and its snapshots would be gone under it. */
async function lockJob(
  catalog: MetadataStore,
  job: string,
  holder: Lease['holder'],
  { leaseTtlMs, logger }: RemoveContext,
  { signal }: CallOptions,
): Promise<Lease> {
  const lease = await takeLease(catalog, job, holder, { ttlMs: leaseTtlMs, signal, logger });
  if (lease !== undefined) return lease;
  throw new HoldfastError('HF_CATALOG_UNAVAILABLE', {
    message: `job ${job} was not removed: the catalog does not answer, so nobody knows whether it runs`,
    kind: 'unavailable',
    operation: 'remove',
    context: { job },
    hint: 'try again when the catalog is back',
  });
}

function takenMeanwhile(job: string, cause: unknown): HoldfastError {
  return new HoldfastError('HF_JOB_HELD', {
    message: `job ${job} was not removed, or not to the end: another attempt has claimed it, or its lease, meanwhile`,
    kind: 'conflict',
    operation: 'remove',
    context: { job },
    hint: 'see whether it runs, with holdfast list; then remove it again',
    cause,
  });
}

/** A job goes on where its Holdfast was killed, without a lease: its own line, run again, ends or resumes it. */
async function assertNotHere(
  { stateDirectory, isContainerAlive: isAlive = isContainerAlive }: RemoveContext,
  repositoryId: string,
  job: string,
): Promise<void> {
  for (const { record } of await findRuns(stateDirectory)) {
    if (record?.job !== job || record.repositoryId !== repositoryId) continue;
    if (!isProcessAlive(record.owner) && !(await isAlive(record.containerId))) continue;
    throw new HoldfastError('HF_JOB_HELD', {
      message: `job ${job} still runs on this machine, since ${record.startedAt}`,
      kind: 'conflict',
      operation: 'remove',
      context: { job, attempt: record.attempt },
      hint: 'stop it first; where its holdfast was killed, the line of the job, run again and stopped, ends it',
    });
  }
}
