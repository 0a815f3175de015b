import { HoldfastError, type Lease } from '@holdfast/core';

/** The error of a renewal, the same of every catalog. `current` is who holds the lease now; undefined where it was freed. */
export function leaseLost(lease: Lease, current: Lease | undefined): HoldfastError {
  const how = current === undefined ? 'it was freed' : `attempt ${current.holder.attempt} on ${current.holder.host} took it at ${current.acquiredAt}`;
  return new HoldfastError('HF_LEASE_LOST', {
    kind: 'conflict',
    message: `The lease of job '${lease.job}', term ${lease.term}, is lost: ${how}`,
    operation: 'catalog.renewLease',
    context: { job: lease.job, term: lease.term },
    hint: "Look at the job's epoch in the repository: only a higher one means that this attempt must end",
  });
}
