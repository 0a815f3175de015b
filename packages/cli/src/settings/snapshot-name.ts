import { HoldfastError } from '@holdfast/core/basics';

/** A job, and perhaps one of its snapshots. */
export interface SnapshotName {
  readonly job: string;
  readonly number: number | undefined;
}

/** Reads `JOB` or `JOB@N`; no job's name has an `@`. Throws HF_USAGE. */
export function parseSnapshotName(text: string): SnapshotName {
  const [, job, number] = /^([^@]+)(?:@([1-9][0-9]{0,9}))?$/u.exec(text) ?? [];
  if (job !== undefined) return { job, number: number === undefined ? undefined : Number(number) };
  throw new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message: `'${text}' is neither JOB nor JOB@N`,
    hint: "Write the job's name, or name and number of a snapshot such as align-7@12; 'holdfast show JOB' lists them",
  });
}
