import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type CallOptions, isHoldfastError, type Lease, type Logger, type MetadataStore } from '@holdfast/core';
import { ownProcessIdentity } from '../container/process-identity.js';
import { isHeld } from '../run/is-held.js';

export interface SweepLeaseOptions extends CallOptions {
  readonly repositoryId: string;
  readonly ttlMs: number;
  readonly logger: Logger;
}

/** Does the work while this node alone sweeps the repository; or says why it may not. */
export async function underSweepLease<T>(
  open: (options: CallOptions) => Promise<MetadataStore>,
  { repositoryId, ttlMs, logger, signal }: SweepLeaseOptions,
  work: (catalog: MetadataStore) => Promise<T>,
): Promise<T | { readonly skipped: string }> {
  const holder = { attempt: `sweep-${randomBytes(6).toString('hex')}`, host: hostname(), ...ownProcessIdentity() };
  // No job has such a name.
  const name = `.sweep.${repositoryId}`;
  let catalog: MetadataStore;
  let lease: Lease;
  try {
    catalog = await open({ signal });
    const outcome = await acquire(catalog, name, holder, ttlMs, signal);
    if (!outcome.acquired) return { skipped: `process ${outcome.current.holder.pid} on ${outcome.current.holder.host} is sweeping` };
    lease = outcome.lease;
  } catch (error) {
    if (!isHoldfastError(error) || error.kind !== 'unavailable') throw error;
    return { skipped: `the catalog does not answer, so nobody knows who else sweeps: ${error.message}` };
  }
  const timer = setInterval(() => {
    // Two that sweep at once lose nothing: each prune is safe beside another.
    catalog.renewLease(lease, ttlMs).catch((error: unknown) => logger.warn({ error }, 'the lease of the sweep was not renewed'));
  }, ttlMs / 3);
  timer.unref();
  try {
    return await work(catalog);
  } finally {
    clearInterval(timer);
    await catalog.releaseLease(lease).catch(() => undefined);
  }
}

/** A holder of this machine that is dead is not waited for. */
async function acquire(
  catalog: MetadataStore,
  name: string,
  holder: Lease['holder'],
  ttlMs: number,
  signal: AbortSignal | undefined,
): ReturnType<MetadataStore['acquireLease']> {
  const outcome = await catalog.acquireLease(name, holder, ttlMs, { signal });
  if (outcome.acquired || isHeld(outcome.current)) return outcome;
  await catalog.breakLease(outcome.current, { signal });
  return await catalog.acquireLease(name, holder, ttlMs, { signal });
}
