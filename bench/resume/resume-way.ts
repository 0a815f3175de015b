/**
 * How a job comes back. `criu` is `criu restore` alone from images that are ready; the others are `holdfast run`, all memory first or as the job wants it.
 * The store is in the page cache, or not, or in a volume of JuiceFS whose cache is empty.
 */
export const resumeWays = ['criu-warm', 'eager-warm', 'lazy-warm', 'criu-cold', 'eager-cold', 'lazy-cold', 'eager-juicefs', 'lazy-juicefs'] as const;

export type ResumeWay = (typeof resumeWays)[number];

export type HoldfastWay = Exclude<ResumeWay, `criu-${string}`>;

export const wayText: Readonly<Record<ResumeWay, string>> = {
  'criu-warm': 'bare criu restore, warm images',
  'criu-cold': 'bare criu restore, cold images',
  'eager-warm': 'holdfast eager, warm local store',
  'lazy-warm': 'holdfast lazy, warm local store',
  'eager-cold': 'holdfast eager, cold local store',
  'lazy-cold': 'holdfast lazy, cold local store',
  'eager-juicefs': 'holdfast eager, JuiceFS',
  'lazy-juicefs': 'holdfast lazy, JuiceFS',
};

/** The way that brings all memory first, of the one that does not. */
export const eagerOf: Readonly<Partial<Record<ResumeWay, ResumeWay>>> = {
  'lazy-warm': 'eager-warm',
  'lazy-cold': 'eager-cold',
  'lazy-juicefs': 'eager-juicefs',
};

export function isBare(way: ResumeWay): way is Exclude<ResumeWay, HoldfastWay> {
  return way.startsWith('criu-');
}

export function isLazy(way: ResumeWay): boolean {
  return way.startsWith('lazy-');
}

export function isCold(way: ResumeWay): boolean {
  return way.endsWith('-cold');
}

export function isOnJuicefs(way: ResumeWay): boolean {
  return way.endsWith('-juicefs');
}
