/**
 * Nanoseconds of the wall clock, by which a job notes its gaps: CRIU gives a restored job a monotonic clock of its own, which goes on where it was at
 * the dump.
 */
export function nowNs(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));
}
