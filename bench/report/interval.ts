import { quantile } from './quantile.ts';

export type Interval = readonly [low: number, high: number];

const resamples = 2000;

/**
 * Where the median lies with a probability of 95 %, by the bootstrap: the medians of runs drawn from these with repetition. Undefined for fewer than
 * three runs, which say nothing about that. The same runs always give the same interval.
 */
export function medianInterval(runs: readonly number[]): Interval | undefined {
  if (runs.length < 3) return undefined;
  const random = sequence();
  const drawn = (): number => runs[Math.floor(random() * runs.length)] ?? Number.NaN;
  const medians = Array.from({ length: resamples }, () => quantile(Array.from(runs, drawn), 0.5));
  return [quantile(medians, 0.025), quantile(medians, 0.975)];
}

/** Numbers from 0 to below 1 that look random (mulberry32), always the same ones. */
function sequence(): () => number {
  let state = 20_261_126;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
