/** Four to eight round numbers from zero to the first one that is not below `largest`. */
export function niceTicks(largest: number): readonly number[] {
  const magnitude = 10 ** Math.floor(Math.log10(largest / 4));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((candidate) => largest / candidate <= 6) ?? 10 * magnitude;
  const count = Math.ceil(largest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}
