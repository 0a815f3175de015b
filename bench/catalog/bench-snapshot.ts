import type { CheckpointRecord } from '@holdfast/core';

/** The record of one snapshot of a job; all are of the same size. */
export function benchSnapshot(job: string, number: number, createdAt: string): CheckpointRecord {
  return { job, number, epoch: 1, attempt: 'attempt', createdAt, freezeMs: 12.5, logicalBytes: 2 ** 30, storedBytes: 2 ** 25 };
}
