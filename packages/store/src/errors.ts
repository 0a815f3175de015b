import type { ErrorCode } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core/basics';

const corruptHints: { readonly [code in ErrorCode]?: string } = {
  HF_REPOSITORY_CORRUPT: 'Bring the file back from a copy; without its key the snapshots cannot be verified',
  HF_EPOCH_CORRUPT: 'Start the job afresh; or, for a file that ends in .end or .ready, remove it: the job then counts as not ended',
};

export function corrupt(code: ErrorCode, file: string, what: string, cause?: unknown): HoldfastError {
  return new HoldfastError(code, {
    message: `${file} is damaged: ${what}`,
    kind: 'corrupt',
    context: { file },
    hint: corruptHints[code] ?? 'Run "holdfast verify" to see what else is damaged; an older snapshot that does not share these bytes is still good',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function newerFormat(file: string, what: string): HoldfastError {
  return new HoldfastError('HF_FORMAT_NEWER', {
    message: `${file} was written by a newer version of Holdfast: ${what}, and this version understands format version 1`,
    kind: 'newer-format',
    context: { file },
    hint: 'Use the version of Holdfast that wrote it, or a newer one',
  });
}

export function usage(message: string, hint?: string): HoldfastError {
  return new HoldfastError('HF_USAGE', { message, kind: 'invalid-argument', ...(hint === undefined ? {} : { hint }) });
}

export function fenced(job: string, epoch: number, newer: number): HoldfastError {
  return new HoldfastError('HF_FENCED', {
    message: `Epoch ${epoch} of job ${job} is over: epoch ${newer} was claimed by another attempt`,
    kind: 'fenced',
    context: { job, epoch, newer },
    hint: 'End this attempt; the newer one owns the job',
  });
}

export function jobExists(job: string): HoldfastError {
  return new HoldfastError('HF_JOB_EXISTS', {
    message: `There is a job ${job} already`,
    kind: 'conflict',
    context: { job },
    hint: `Choose a name that no job has; "holdfast show ${job}" tells what that one is`,
  });
}

export function checkpointMissing(job: string, number: number, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_CHECKPOINT_MISSING', {
    message: `Snapshot ${number} of job ${job} ${why}`,
    kind: 'not-found',
    context: { job, number },
    hint: `Run "holdfast show ${job}" for the snapshots that are there`,
    ...(cause === undefined ? {} : { cause }),
  });
}

export function noSnapshot(job: string): HoldfastError {
  return new HoldfastError('HF_CHECKPOINT_MISSING', {
    message: `Job ${job} has no snapshot to go on from: it has none yet, or a later attempt left them all behind`,
    kind: 'not-found',
    context: { job },
    hint: `Run it until it has one; "holdfast show ${job}" tells`,
  });
}

export function snapshotAbandoned(job: string, number: number): HoldfastError {
  return new HoldfastError('HF_SNAPSHOT_DISCARDED', {
    message: `Snapshot ${number} of job ${job} wrote nothing for a day and was taken for broken off: a prune may have removed what it had stored`,
    kind: 'conflict',
    context: { job, number },
    hint: 'Take another one; where it repeats, the storage is too slow or stands still',
  });
}

export function fileChanged(source: string, wanted: number, got: number): HoldfastError {
  return new HoldfastError('HF_FILE_CHANGED', {
    message: `${source} ended at byte ${got} although ${wanted} were announced: it changed while it was read`,
    kind: 'conflict',
    retry: 'yes',
    context: { source },
  });
}
