import type { SweepCounts } from './contender/orders.ts';

export const noSweeps: SweepCounts = { done: 0, refused: 0, fenced: 0, removed: 0 };

/** Name by name. */
export function added<Names extends string>(
  one: Readonly<Partial<Record<Names, number>>>,
  other: Readonly<Record<Names, number>>,
): Record<Names, number> {
  const names = Object.keys(other) as Names[];
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + other[name]])) as Record<Names, number>;
}
