import type { SnapshotName } from '../files/names.js';
import type { EpochLink } from './epoch-record.js';

/** Part of the walk: what one epoch and its attempt wrote, up to a number. */
interface Stretch {
  readonly epoch: number;
  readonly attempt: string;
  readonly upTo: number;
}

/** The walk from one epoch back to a fresh start; see docs/format.md, "Epochs". */
export type Lineage = readonly Stretch[];

/**
 * `links` are the epochs that are known. Where the walk meets one that is not, it ends there: what that epoch itself wrote up to the number is still
 * reached, what is older is not.
 */
export function lineageOf(newest: EpochLink, links: ReadonlyMap<number, EpochLink>): Lineage {
  const stretches: Stretch[] = [{ epoch: newest.epoch, attempt: newest.attempt, upTo: Number.MAX_SAFE_INTEGER }];
  let from = newest.from;
  let below = newest.epoch;
  // An epoch goes on from an earlier one; anything else would be a circle.
  while (from !== undefined && from.epoch < below) {
    stretches.push({ epoch: from.epoch, attempt: from.attempt, upTo: from.number });
    below = from.epoch;
    const link = links.get(from.epoch);
    from = link?.attempt === from.attempt ? link.from : undefined;
  }
  return stretches;
}

export function isEligible(lineage: Lineage, { number, epoch, attempt }: SnapshotName): boolean {
  return lineage.some((stretch) => stretch.epoch === epoch && stretch.attempt === attempt && number <= stretch.upTo);
}
