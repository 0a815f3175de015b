/**
 * Calls `tick` every `intervalMs`, never two at a time: one that outlasts the interval delays the next, which then begins at once and is
 * told how late it is. `tick` must not reject. Ends with the signal.
 */
export async function everyInterval(
  intervalMs: number,
  tick: (lateMs: number) => Promise<void>,
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  let due = now() + intervalMs;
  while (!signal.aborted) {
    await sleepUntil(due, now, signal);
    if (signal.aborted) return;
    const startedAt = now();
    // A timer's own jitter is not a delay.
    const lateMs = startedAt - due > 100 ? startedAt - due : 0;
    await tick(lateMs);
    // Missed times are not made up for.
    due = lateMs > 0 ? startedAt + intervalMs : due + intervalMs;
  }
}

/** Timers hold at most 2^31 ms, some 24 days. */
const longestTimerMs = 2 ** 31 - 1;

async function sleepUntil(due: number, now: () => number, signal: AbortSignal): Promise<void> {
  for (let left = due - now(); left > 0 && !signal.aborted; left = due - now()) {
    const waitMs = Math.min(left, longestTimerMs);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
