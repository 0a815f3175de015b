/** A `Date` reaches as far into the past and the future. */
const furthestMs = 8_640_000_000_000_000n;
const width = 17;

/** Text of one width that sorts, by its bytes, as the instants do. */
export function ascending(instant: string): string {
  return String(BigInt(Date.parse(instant)) + furthestMs).padStart(width, '0');
}

/** The same in reverse: later instants first. */
export function descending(instant: string): string {
  return String(furthestMs - BigInt(Date.parse(instant))).padStart(width, '0');
}

/** How many characters an instant takes. */
export const instantWidth: number = width;
