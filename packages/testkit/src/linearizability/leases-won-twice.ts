/** A lease that a catalog gave, by the clock of the catalog's server. */
export interface HeldLease {
  readonly attempt: string;
  readonly fromMs: number;
  /** When it ended: released, or not renewed any more. */
  readonly untilMs: number;
}

/** How many leases of one job were given while another attempt's had not ended. A database that fails may do that; the repository's epochs decide then. */
export function leasesWonTwice(leases: readonly HeldLease[]): number {
  return leases.filter((lease) =>
    leases.some((other) => {
      const isEarlier = other.fromMs < lease.fromMs || (other.fromMs === lease.fromMs && other.attempt < lease.attempt);
      return isEarlier && other.attempt !== lease.attempt && lease.fromMs < other.untilMs;
    }),
  ).length;
}
