import { setTimeout as delay } from 'node:timers/promises';
import { type CheckpointStore, type Epoch, isHoldfastError, type Lease, type LeaseHolder, type Logger, type MetadataStore } from '@holdfast/core';
import { asHoldfastError } from './as-holdfast-error.js';

export interface LeaseWatchOptions {
  readonly store: CheckpointStore;
  readonly catalog: MetadataStore;
  readonly epoch: Epoch;
  readonly lease: Lease | undefined;
  readonly holder: LeaseHolder;
  /** Called with each lease that was renewed or taken, and with undefined once it is another's. */
  readonly onLease: (lease: Lease | undefined) => void;
  readonly ttlMs: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onFenced: (message: string) => void;
}

/**
 * Renews the lease three times in its life, takes it where nobody has it, as after a loss of the catalog, and asks the repository, which decides, whether a higher epoch exists. A catalog or a storage
 * that does not answer proves nothing: the job goes on.
 */
export async function watchLease({
  store,
  catalog,
  epoch,
  lease,
  holder,
  ttlMs,
  logger,
  signal,
  onLease,
  onFenced,
}: LeaseWatchOptions): Promise<void> {
  let held = lease;
  while (!signal.aborted) {
    await delay(ttlMs / 3, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      held = await prolong(catalog, epoch.job, held, holder, ttlMs, signal);
      onLease(held);
    } catch (error) {
      // A lost lease is no verdict: the epoch below is.
      logger.warn({ job: epoch.job, error: asHoldfastError(error).message }, 'the lease was not renewed');
      if (isHoldfastError(error) && error.code === 'HF_LEASE_LOST') onLease((held = undefined));
    }
    try {
      await store.assertCurrent(epoch, { signal });
    } catch (error) {
      if (signal.aborted) return;
      const failure = asHoldfastError(error);
      if (failure.kind === 'fenced') {
        onFenced(failure.message);
        return;
      }
      logger.warn({ job: epoch.job, error: failure.message }, 'the storage did not tell the newest epoch');
    }
  }
}

/** Undefined where another attempt has it: the epoch says whose job it is. */
async function prolong(
  catalog: MetadataStore,
  job: string,
  held: Lease | undefined,
  holder: LeaseHolder,
  ttlMs: number,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  if (held !== undefined) return await catalog.renewLease(held, ttlMs, { signal });
  const outcome = await catalog.acquireLease(job, holder, ttlMs, { signal });
  return outcome.acquired ? outcome.lease : undefined;
}
