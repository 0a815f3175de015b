import type { CheckpointRecord, JobRecord } from '@holdfast/core';

export const checkpoint: CheckpointRecord = {
  job: 'job',
  number: 1,
  epoch: 1,
  attempt: 'a',
  createdAt: '2026-01-02T03:04:05.000Z',
  freezeMs: 1,
  logicalBytes: 1,
  storedBytes: 1,
};

export const job: JobRecord = {
  job: 'job',
  repositoryId: 'r',
  command: ['a'],
  workingDirectory: '/',
  status: 'running',
  labels: {},
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:05.000Z',
  exitCode: undefined,
};
