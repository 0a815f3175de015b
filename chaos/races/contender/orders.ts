import type { HeldLease } from '@holdfast/testkit/linearizability';
import type { CatalogChoice } from '../catalogs/arena.ts';

/** How a contender is started; the catalog's password is in its environment. */
export interface ContenderArguments {
  readonly name: string;
  readonly root: string;
  readonly catalog: CatalogChoice;
  readonly historyFile: string;
  /** What its clock is wrong by. */
  readonly skewMs: number;
  /** Its file operations hide epochs above its own: a build without the epoch rule. */
  readonly blind: boolean;
}

/** One round, to the contender. */
export interface RoundOrder {
  readonly round: number;
  readonly job: string;
  /** The round's beginning by the machine's monotonic clock, in nanoseconds. */
  readonly originNs: string;
  readonly seed: number;
  readonly attempts: number;
  readonly leaseMs: number;
  /** Whether the repository is swept meanwhile. */
  readonly sweeps: boolean;
}

export const stopPoints = [
  'before the epoch has its name',
  'after the epoch has its name',
  'before the claim is ready',
  'before the manifest is renamed',
  'after the manifest is renamed',
  'anywhere',
] as const;

export type StopPoint = (typeof stopPoints)[number];

/** What a contender says. After `stopping` it stops itself by SIGSTOP, after `dying` it does nothing more. */
export type ContenderMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stopping'; readonly at: StopPoint }
  | { readonly kind: 'dying'; readonly at: StopPoint }
  /** Of an attempt's lease as it is by the last answer of the catalog. */
  | { readonly kind: 'lease'; readonly lease: HeldLease }
  | { readonly kind: 'done'; readonly counts: RoundCounts };

export interface RoundCounts {
  readonly leases: LeaseCounts;
  readonly sweeps: SweepCounts;
}

export interface SweepCounts {
  readonly done: number;
  /** Another one had the lease of the sweep, or the catalog did not answer. */
  readonly refused: number;
  /** Broken off because the job was claimed meanwhile. */
  readonly fenced: number;
  /** Snapshots that it told of as removed. */
  readonly removed: number;
}

export interface LeaseCounts {
  readonly taken: number;
  readonly refused: number;
  /** Found lost at renewal. */
  readonly lost: number;
  /** Calls that the catalog did not answer; the attempt went on without. */
  readonly unanswered: number;
}
