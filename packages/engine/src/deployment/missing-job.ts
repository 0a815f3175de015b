import { HoldfastError } from '@holdfast/core';

export function missingJob(job: string, operation: string = 'jobs'): HoldfastError {
  return new HoldfastError('HF_JOB_MISSING', {
    message: `there is no job ${job} in this storage`,
    kind: 'not-found',
    operation,
    context: { job },
    hint: 'holdfast list names the jobs',
  });
}
