import { expect, test, vi } from 'vitest';
import { everyInterval } from '../../src/run/interval.js';

/** Runs `everyInterval` on a clock of its own: each tick takes as long as the list says, then the loop ends. */
async function ticks(intervalMs: number, durationsMs: readonly number[]): Promise<readonly (readonly [atMs: number, lateMs: number])[]> {
  vi.useFakeTimers();
  try {
    const seen: [number, number][] = [];
    const controller = new AbortController();
    const loop = everyInterval(
      intervalMs,
      async (lateMs) => {
        const index = seen.push([performance.now(), lateMs]) - 1;
        await new Promise((resolve) => {
          setTimeout(resolve, durationsMs[index]);
        });
        if (seen.length === durationsMs.length) controller.abort();
      },
      () => performance.now(),
      controller.signal,
    );
    const startedAt = performance.now();
    await vi.runAllTimersAsync();
    await loop;
    return seen.map(([at, late]) => [at - startedAt, late]);
  } finally {
    vi.useRealTimers();
  }
}

test('ticks come at the interval, whatever each takes within it', async () => {
  expect(await ticks(1000, [10, 900, 0])).toEqual([
    [1000, 0],
    [2000, 0],
    [3000, 0],
  ]);
});

test('a tick that outlasts the interval delays the next, which says how late it is, and missed times are not made up for', async () => {
  expect(await ticks(1000, [2500, 10, 10])).toEqual([
    [1000, 0],
    [3500, 1500],
    [4500, 0],
  ]);
});

test('an abort ends the wait at once', async () => {
  const controller = new AbortController();
  const tick = vi.fn();
  const loop = everyInterval(1_000_000, tick, () => performance.now(), controller.signal);
  controller.abort();
  await loop;
  expect(tick).not.toHaveBeenCalled();
});

test('an interval longer than a timer can hold does not tick early', async () => {
  vi.useFakeTimers();
  try {
    const controller = new AbortController();
    const tick = vi.fn(() => Promise.resolve());
    const loop = everyInterval(2 ** 32, tick, () => performance.now(), controller.signal);
    await vi.advanceTimersByTimeAsync(2 ** 31 + 1000);
    expect(tick).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2 ** 31);
    expect(tick).toHaveBeenCalledTimes(1);
    controller.abort();
    await loop;
  } finally {
    vi.useRealTimers();
  }
});
