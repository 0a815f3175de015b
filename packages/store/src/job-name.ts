import { HoldfastError } from '@holdfast/core/basics';

/**
 * A job's name as the repository takes it: 1 to 128 characters of `A-Z a-z 0-9 . _ -`, not beginning with a dot.
 * Throws HF_JOB_NAME for anything else.
 */
export function parseJobName(value: unknown): string {
  if (typeof value === 'string' && isJobName(value)) return value;
  throw new HoldfastError('HF_JOB_NAME', {
    message: `${JSON.stringify(value) ?? String(value)} is not a job name`,
    kind: 'invalid-argument',
    hint: 'Use 1 to 128 letters, digits, dots, underscores and hyphens, not beginning with a dot',
  });
}

export function isJobName(value: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(value);
}
