import type { Lease, LeaseHolder, MetadataStore } from '@holdfast/core';
import type { LeaseAnswer } from './lease-model.ts';
import type { Noted } from './notes.ts';

/** None expires while it is looked at. */
const ttlMs = 24 * 3_600_000;

export function leaseAnswer(lease: Lease | undefined): LeaseAnswer {
  return lease === undefined ? { holder: 0, term: 0 } : { holder: lease.holder.pid, term: lease.term };
}

/** Takes, renews and releases the job's lease; releases the one of an earlier version whose release came to nothing. */
export async function useLease(store: MetadataStore, job: string, version: number, noted: Noted): Promise<void> {
  let lease: Lease | undefined;
  await noted('acquire', version, async () => {
    const outcome = await store.acquireLease(job, holderOf(version), ttlMs);
    lease = outcome.acquired ? outcome.lease : outcome.current;
    return leaseAnswer(lease);
  });
  if (lease === undefined) return;
  const held: Lease = lease;
  const holder = held.holder.pid;
  if (holder === version) await noted('renew', holder, async () => leaseAnswer(await store.renewLease(held, ttlMs)));
  await noted('release', holder, () => store.releaseLease(held));
}

function holderOf(version: number): LeaseHolder {
  return { attempt: `a${version}`, host: `h${version}`, bootId: 'b', pid: version, startTicks: version };
}
