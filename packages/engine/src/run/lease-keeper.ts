import { type CallOptions, HoldfastError, isHoldfastError, type Lease, type LeaseHolder, type Logger, type MetadataStore } from '@holdfast/core';
import { isProcessAlive } from '../container/process-identity.js';

export interface LeaseOptions extends CallOptions {
  readonly ttlMs: number;
  readonly logger: Logger;
  /** How whoever asks gives a job another name. Default: `--job`. */
  readonly namedBy?: string | undefined;
}

/**
 * Takes the job's lease, or says who holds it since when. A dead holder of this machine is recognised at once; one of another machine by
 * not renewing for as long as its lease lasts. An unreachable catalog gives undefined: the repository's epochs protect the job without it.
 */
export async function takeLease(
  catalog: MetadataStore,
  job: string,
  holder: LeaseHolder,
  { ttlMs, signal, logger, namedBy = '--job' }: LeaseOptions,
): Promise<Lease | undefined> {
  try {
    for (let seen: Lease | undefined; ; ) {
      const outcome = await catalog.acquireLease(job, holder, ttlMs, { signal });
      if (outcome.acquired) return outcome.lease;
      const { current } = outcome;
      if (isDeadHere(current.holder, holder)) {
        await catalog.breakLease(current, { signal });
        continue;
      }
      // Alive on this machine, or seen renewing: it is refused without waiting.
      const renewed = seen !== undefined && (seen.term !== current.term || seen.expiresAt !== current.expiresAt);
      if (current.holder.host === holder.host || renewed) throw held(job, current, namedBy);
      seen ??= current;
      await delay(Math.min(1000, ttlMs / 4), signal);
    }
  } catch (error) {
    if (isHoldfastError(error) && error.kind === 'unavailable') {
      logger.warn({ job, error: error.message }, 'the catalog does not answer; going on without a lease');
      return undefined;
    }
    throw error;
  }
}

function isDeadHere(holder: LeaseHolder, self: LeaseHolder): boolean {
  if (holder.host !== self.host) return false;
  return holder.bootId !== self.bootId || !isProcessAlive({ bootId: holder.bootId, pid: holder.pid, startTicks: holder.startTicks });
}

function held(job: string, { holder, acquiredAt }: Lease, namedBy: string): HoldfastError {
  return new HoldfastError('HF_JOB_HELD', {
    message: `job ${job} is already run by process ${holder.pid} on ${holder.host} since ${acquiredAt}`,
    kind: 'conflict',
    operation: 'run',
    context: { job, host: holder.host, pid: holder.pid, since: acquiredAt },
    hint: `wait for it, stop it, or give this one another name with ${namedBy}`,
  });
}

function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(new HoldfastError('HF_ABORTED', { message: 'waiting for the lease was aborted', kind: 'aborted', operation: 'run' }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
