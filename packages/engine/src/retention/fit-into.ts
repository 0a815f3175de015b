import type { SnapshotUsage } from '@holdfast/core';

export interface JobToFit {
  readonly job: string;
  /** Its newest snapshot may go too. */
  readonly ended: boolean;
  /** Newest first. */
  readonly snapshots: readonly SnapshotUsage[];
}

export interface Fit {
  /** Of each job how many of its oldest snapshots go. */
  readonly removals: ReadonlyMap<string, number>;
  /** What is above the limit although nothing more may go; 0 where all fits. */
  readonly overBytes: number;
}

/** Chooses snapshots to remove, the oldest of all jobs first, until what is left takes no more than `maxBytes`. */
export function fitInto(jobs: readonly JobToFit[], maxBytes: number): Fit {
  let total = jobs.flatMap(({ snapshots }) => snapshots).reduce((sum, { bytes }) => sum + bytes, 0);
  const removals = new Map<string, number>();
  const candidates = jobs.flatMap(removable).sort((a, b) => a.createdAt - b.createdAt);
  for (const { job, bytes } of candidates) {
    if (total <= maxBytes) break;
    total -= bytes;
    removals.set(job, (removals.get(job) ?? 0) + 1);
  }
  return { removals, overBytes: Math.max(0, total - maxBytes) };
}

interface Candidate {
  readonly job: string;
  readonly bytes: number;
  readonly createdAt: number;
}

/** In the order in which they would go: within a job the oldest is first, whatever the clocks of its machines said. */
function removable({ job, ended, snapshots }: JobToFit): readonly Candidate[] {
  const free = snapshots.filter(({ eligible, held }) => eligible && !held);
  const newest = snapshots.find(({ eligible }) => eligible);
  let latest = 0;
  return free
    .filter((snapshot) => ended || snapshot !== newest)
    .toReversed()
    .map(({ bytes, createdAt }) => {
      latest = Math.max(latest, Date.parse(createdAt));
      return { job, bytes, createdAt: latest };
    });
}
