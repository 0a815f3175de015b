import { HoldfastError } from '@holdfast/core';

/** Somebody else let the job run in the middle of a snapshot. */
export function didNotStandStill(): HoldfastError {
  return new HoldfastError('HF_SNAPSHOT_DISCARDED', {
    message: 'the job did not stand still all the time: the snapshot would not be of one instant',
    kind: 'conflict',
    retry: 'yes',
    operation: 'freeze',
  });
}

export function cannotEnd(pids: readonly number[]): HoldfastError {
  return new HoldfastError('HF_JOB_HELD', {
    message: `processes ${pids.join(', ')} of the job do not end, although they were killed`,
    kind: 'conflict',
    retry: 'yes',
    operation: 'kill',
    hint: 'a process that waits for a disk or a network file system ends when that answers',
  });
}
