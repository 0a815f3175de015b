import { HoldfastError } from '@holdfast/core';

export function missing(job: string): HoldfastError {
  return new HoldfastError('HF_JOB_MISSING', {
    message: `there is no job ${job} in this storage`,
    kind: 'not-found',
    operation: 'jobs',
    context: { job },
    hint: 'holdfast list names the jobs',
  });
}
