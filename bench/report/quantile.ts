export function median(runs: readonly number[]): number {
  return quantile(runs, 0.5);
}

/** Between two runs the value is interpolated. */
export function quantile(runs: readonly number[], share: number): number {
  const sorted = runs.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below = Number.NaN, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}
