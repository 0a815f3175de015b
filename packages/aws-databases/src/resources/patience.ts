import { isHoldfastError } from '@holdfast/core';
import { systemWaitClock } from '@holdfast/core/provision';
import type { Workshop } from './workshop.js';

const patienceMs = 30_000;
/** AWS itself says of it that it passes. */
const longPatienceMs = 120_000;
const longestDelayMs = 5000;

/**
 * Runs a call that names what was just made. All of AWS does not know it at once: where the answer is that there is no such thing, it is asked again
 * for half a minute (two, where it is known to pass), and then that answer counts.
 */
export async function patiently<Result>(
  { clock = systemWaitClock, signal }: Pick<Workshop, 'clock' | 'signal'>,
  run: () => Promise<Result>,
): Promise<Result> {
  const begunMs = clock.monotonicMs();
  for (let delayMs = 1000; ; delayMs = Math.min(delayMs * 1.5, longestDelayMs)) {
    try {
      return await run();
    } catch (error) {
      if (!isHoldfastError(error) || error.kind !== 'not-found') throw error;
      if (clock.monotonicMs() - begunMs >= (error.retry === 'yes' ? longPatienceMs : patienceMs)) throw error;
    }
    await clock.sleep(delayMs, signal === undefined ? {} : { signal });
  }
}
