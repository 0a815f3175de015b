import type { AttemptRecord, JobRecord } from '@holdfast/core';

const firstMs = Date.parse('2026-01-01T00:00:00.000Z');

export function instantOf(version: number): string {
  return new Date(firstMs + version * 1000).toISOString();
}

/** A record of which every part tells the version, so that half of one and half of another is seen. */
export function jobOfVersion(job: string, version: number): JobRecord {
  return {
    job,
    repositoryId: 'chaos',
    command: ['version', String(version)],
    workingDirectory: `/version/${version}`,
    status: 'failed',
    labels: { first: `v${version}`, second: `v${version}` },
    createdAt: instantOf(0),
    updatedAt: instantOf(version),
    exitCode: version,
  };
}

export function attemptOfVersion(job: string, version: number): AttemptRecord {
  const times = { startedAt: instantOf(version), endedAt: instantOf(version + 1), resumedFrom: version };
  return { job, attempt: `a${version}`, epoch: version, host: `h${version}`, pid: version, outcome: 'failed', exitCode: version, ...times };
}

/** The version that all parts of a record tell; 0 for none, -1 where they tell several. */
export function versionOf(record: JobRecord | undefined): number {
  if (record === undefined) return 0;
  const version = record.exitCode ?? -1;
  return partsOf(record) === partsOf(jobOfVersion(record.job, version)) ? version : -1;
}

function partsOf({ command, workingDirectory, labels, updatedAt }: JobRecord): string {
  return JSON.stringify([command, workingDirectory, labels['first'], labels['second'], Object.keys(labels).length, updatedAt]);
}
