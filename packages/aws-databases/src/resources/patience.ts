import { isHoldfastError } from '@holdfast/core';
import { systemWaitClock } from '@holdfast/core/provision';
import type { Workshop } from './workshop.js';

const patienceMs = 30_000;
const longestDelayMs = 5000;

/**
 * Runs a call that names what was just made. All of AWS does not know it at once: where the answer is that there is no such thing, it is asked again
 * for half a minute, and then that answer counts.
 */
export async function patiently<Result>(
  { clock = systemWaitClock, signal }: Pick<Workshop, 'clock' | 'signal'>,
  run: () => Promise<Result>,
): Promise<Result> {
  const endMs = clock.monotonicMs() + patienceMs;
  for (let delayMs = 1000; ; delayMs = Math.min(delayMs * 1.5, longestDelayMs)) {
    try {
      return await run();
    } catch (error) {
      if (!isHoldfastError(error) || error.kind !== 'not-found' || clock.monotonicMs() >= endMs) throw error;
    }
    await clock.sleep(delayMs, signal === undefined ? {} : { signal });
  }
}
