/**
 * How many deltas lie one on the other below each delta, itself included, from the manifest's pairs of ordinals (a delta, a block that it needs). What
 * needs itself, which no writer makes, counts as deeper than any limit.
 */
export function deltaDepths(bases: readonly number[]): ReadonlyMap<number, number> {
  const needs = new Map<number, number[]>();
  for (let at = 0; at + 1 < bases.length; at += 2) {
    const [delta, base] = [bases[at] ?? 0, bases[at + 1] ?? 0];
    const known = needs.get(delta);
    if (known === undefined) needs.set(delta, [base]);
    else known.push(base);
  }
  const depths = new Map<number, number>();
  const depthOf = (ordinal: number): number => {
    const known = depths.get(ordinal);
    if (known !== undefined) return known;
    const below = needs.get(ordinal);
    if (below === undefined) return 0;
    depths.set(ordinal, Number.POSITIVE_INFINITY);
    const depth = 1 + below.reduce((deepest, base) => Math.max(deepest, depthOf(base)), 0);
    depths.set(ordinal, depth);
    return depth;
  };
  for (const delta of needs.keys()) depthOf(delta);
  return depths;
}
