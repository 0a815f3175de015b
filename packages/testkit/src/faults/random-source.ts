/** A whole number from 0 up to, not including, `limit`. */
export type RandomSource = (limit: number) => number;

/** Numbers that are the same for the same seed, on every machine. */
export function randomFrom(seed: number): RandomSource {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
