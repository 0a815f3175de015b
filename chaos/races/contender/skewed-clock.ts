import type { Clock } from '@holdfast/core';

/** Makes this process believe in another time, as a machine whose clock is wrong does: `Date` everywhere, and the clock that is passed in. */
export function skewClock(skewMs: number): Clock {
  const RightDate = Date;
  class SkewedDate extends RightDate {
    constructor(...given: readonly unknown[]) {
      if (given.length === 0) super(RightDate.now() + skewMs);
      else super(...(given as [number]));
    }

    static override now(): number {
      return RightDate.now() + skewMs;
    }
  }
  globalThis.Date = SkewedDate as DateConstructor;
  return { now: () => new Date(), monotonicMs: () => performance.now() };
}
