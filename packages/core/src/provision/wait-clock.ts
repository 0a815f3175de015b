import { setTimeout as delay } from 'node:timers/promises';
import type { CallOptions } from '../storage/storage-driver.js';

/** Time that a wait spends; tests hand in one that passes at once. */
export interface WaitClock {
  monotonicMs(): number;
  /** Rejects as soon as the signal is aborted. */
  sleep(ms: number, options?: CallOptions): Promise<void>;
}

export const systemWaitClock: WaitClock = {
  monotonicMs: () => performance.now(),
  sleep: async (ms, { signal } = {}) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};
