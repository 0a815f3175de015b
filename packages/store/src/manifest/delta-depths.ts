import { deltaDepthLimit } from '../pack/block.js';

/**
 * How many deltas lie one on the other below each delta, itself included, from the manifest's pairs of ordinals (a delta, a block that it needs). What
 * needs itself, or more than readers follow, which no writer makes, counts as deeper than any limit.
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
  let open = [...needs.keys()];
  // Level by level, and no deeper than any reader goes: a chain of any length costs as little.
  for (let depth = 1; depth <= deltaDepthLimit && open.length > 0; depth += 1) {
    const ready = open.filter((delta) => needs.get(delta)?.every((base) => depths.has(base) || !needs.has(base)));
    for (const delta of ready) depths.set(delta, depth);
    open = open.filter((delta) => !depths.has(delta));
  }
  for (const delta of open) depths.set(delta, Number.POSITIVE_INFINITY);
  return depths;
}
