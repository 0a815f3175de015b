import type { Clock } from '@holdfast/core';

export interface Progress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
}

const silentMs = 2_000;
const everyMs = 1_000;

/** Tells how far a work is, of which is heard more often: once a second, where it takes longer than two. */
export function progressTeller(clock: Pick<Clock, 'monotonicMs'>, tell: (progress: Progress) => void): (bytes: number, totalBytes: number) => void {
  const startedMs = clock.monotonicMs();
  let nextMs = startedMs + silentMs;
  return (bytes, totalBytes) => {
    const nowMs = clock.monotonicMs();
    if (nowMs < nextMs) return;
    nextMs = nowMs + everyMs;
    tell({ bytes, totalBytes, bytesPerSecond: Math.round((bytes * 1000) / (nowMs - startedMs)) });
  };
}
