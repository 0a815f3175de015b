import { HoldfastError } from '@holdfast/core/basics';

export interface SnapshotWord {
  readonly job: string;
  /** Undefined where the newest snapshot is meant. */
  readonly number: number | undefined;
}

/** Reads `JOB` or `JOB@N`; no job's name has an `@`. `origin` names the word in the message. Throws HF_USAGE. */
export function parseSnapshotWord(text: string, origin: string): SnapshotWord {
  const [, job, , number] = /^([^@]+)(@([1-9]\d{0,9}))?$/u.exec(text) ?? [];
  if (job !== undefined) return { job, number: number === undefined ? undefined : Number(number) };
  throw new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message: `${origin} must be a job, or a job and a snapshot's number, not '${text}'`,
    hint: 'Write align-7, or align-7@12 for its snapshot 12',
    context: { origin },
  });
}
