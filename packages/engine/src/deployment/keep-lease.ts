import { isHoldfastError, type Lease, type Logger, type MetadataStore } from '@holdfast/core';

export interface KeptLease {
  /** Aborted where the lease is lost to another holder, or by the caller. */
  readonly signal: AbortSignal;
  readonly isLost: () => boolean;
  readonly stop: () => void;
}

/** Renews a lease three times in its life until it is stopped. A catalog that does not answer proves nothing; a lost lease calls the work off. */
export function keepLease(
  catalog: MetadataStore,
  lease: Lease,
  { leaseTtlMs, logger }: { readonly leaseTtlMs: number; readonly logger: Logger },
  signal: AbortSignal | undefined,
): KeptLease {
  const lost = new AbortController();
  let held = lease;
  const renew = async (): Promise<void> => {
    try {
      held = await catalog.renewLease(held, leaseTtlMs);
    } catch (error) {
      logger.warn({ job: lease.job, error }, 'the lease was not renewed');
      if (isHoldfastError(error) && error.code === 'HF_LEASE_LOST') lost.abort();
    }
  };
  const timer = setInterval(() => void renew(), leaseTtlMs / 3);
  timer.unref();
  return {
    signal: signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]),
    isLost: () => lost.signal.aborted,
    stop: () => clearInterval(timer),
  };
}
