import { setTimeout as delay } from 'node:timers/promises';
import { isProcessAlive, type ProcessIdentity } from '../process-identity.js';

const watchMs = 100;

/** Resolves with true once that very process has ended; with false where the signal comes first. A zombie has ended. */
export async function untilEnded(identity: ProcessIdentity, signal: AbortSignal): Promise<boolean> {
  while (isProcessAlive(identity)) {
    // It holds nobody up who has nothing else to do.
    await delay(watchMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return false;
  }
  return true;
}
