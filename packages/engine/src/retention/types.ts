export interface SweepRequest {
  /** Default: every job of the storage. */
  readonly job?: string | undefined;
  /** Only tells what would be removed. */
  readonly dryRun?: boolean | undefined;
}

/** The setting that a removal follows from; `leftBehind`: a later attempt does not build on the snapshot. */
export type SweepReason = 'keepLast' | 'keepAfterSuccess' | 'keepAfterFailure' | 'abandonedAfter' | 'maxBytes' | 'leftBehind';

export interface SweptJob {
  readonly job: string;
  /** Newest first. */
  readonly removed: readonly { readonly number: number; readonly reason: SweepReason }[];
  /** Removed, now or earlier, and still taking space: for the grace, or because somebody reads or has forked it. */
  readonly waiting: readonly number[];
  readonly freedBytes: number;
  /** Why it could not be swept. */
  readonly problem: string | undefined;
}

export interface SweepReport {
  readonly dryRun: boolean;
  /** Why nothing was done; undefined where it was. */
  readonly skipped: string | undefined;
  readonly jobs: readonly SweptJob[];
  readonly freedBytes: number;
  /** By how much the snapshots that must stay exceed `maxBytes`; 0 where they do not. */
  readonly overBytes: number;
}
