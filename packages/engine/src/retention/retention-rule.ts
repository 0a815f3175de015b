import type { JobState, RetentionPolicy } from '@holdfast/core';
import type { SweepReason } from './types.js';

export interface JobFacts {
  readonly state: Pick<JobState, 'epoch'>;
  /** Of its newest snapshot. */
  readonly newestAt: string | undefined;
  /** Somebody runs it, or nobody knows. */
  readonly held: boolean;
}

export interface RetentionRule {
  readonly keep: number;
  readonly reason: SweepReason;
}

/** How many snapshots of a job are kept, and by which setting. */
export function retentionRule({ state: { epoch }, newestAt, held }: JobFacts, policy: RetentionPolicy, now: Date): RetentionRule {
  if (epoch?.end !== undefined) {
    return epoch.end.exitCode === 0
      ? { keep: policy.keepAfterSuccess, reason: 'keepAfterSuccess' }
      : { keep: policy.keepAfterFailure, reason: 'keepAfterFailure' };
  }
  const lastSignMs = Math.max(...[newestAt, epoch?.claimedAt].map((at) => (at === undefined ? 0 : Date.parse(at))));
  const silentMs = now.getTime() - lastSignMs;
  if (!held && policy.abandonedAfterMs !== undefined && silentMs > policy.abandonedAfterMs) return { keep: 0, reason: 'abandonedAfter' };
  return { keep: policy.keepLast, reason: 'keepLast' };
}
