import type { WaitClock } from '@holdfast/core/provision';

/** Time that passes by being slept. */
export function virtualClock(): WaitClock & { readonly sleptMs: number[] } {
  let nowMs = 0;
  const sleptMs: number[] = [];
  return {
    sleptMs,
    monotonicMs: () => nowMs,
    sleep: async (ms, { signal } = {}) => {
      signal?.throwIfAborted();
      sleptMs.push(ms);
      nowMs += ms;
      await Promise.resolve();
    },
  };
}
