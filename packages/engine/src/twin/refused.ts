import { type ErrorKind, HoldfastError } from '@holdfast/core';

/** Why a snapshot's memory did not come from a twin: what Holdfast found before it froze the job. The helper has reasons of its own beside these. */
export type NoTwinReason =
  /** The setting asks for staged images. */
  | 'off'
  /** The job does not run on after this snapshot. */
  | 'stays-frozen'
  /** The helper cannot be started. */
  | 'helper'
  /** Somebody traces a process of the job. */
  | 'traced'
  | 'no-room'
  | 'pids'
  | 'overcommit'
  /** No control group can be made for twins. */
  | 'group'
  /** The dump that leaves memory out failed. */
  | 'dump'
  /** The dump with a covering parent failed; it is taken again without. */
  | 'cover'
  /** Twins, or the helper that keeps them, were gone before all was read. */
  | 'lost'
  /** It was refused a short while ago by what does not change quickly. */
  | 'again-later';

const hint = 'the snapshot is taken by a plain dump instead, which keeps the job frozen for longer';

export function noTwin(reason: NoTwinReason, message: string, cause?: unknown, kind: ErrorKind = 'conflict'): HoldfastError {
  return new HoldfastError('HF_TWIN_REFUSED', { message, kind, retry: 'yes', operation: 'twin', context: { reason }, hint, cause });
}

/** Where a dump failed of itself, that failure, which names what the job holds or CRIU lacks. Else the error as it is. */
export function dumpFailureIn(error: unknown): unknown {
  const cause = error instanceof HoldfastError && error.code === 'HF_TWIN_REFUSED' ? error.cause : undefined;
  return cause instanceof HoldfastError && cause.code === 'HF_DUMP_FAILED' ? cause : error;
}

/** The reason as it is recorded with a snapshot; undefined where the error is not about twins. */
export function twinRefusalOf(error: unknown): string | undefined {
  if (!(error instanceof HoldfastError) || error.code !== 'HF_TWIN_REFUSED') return undefined;
  const { reason } = error.context;
  return typeof reason === 'string' ? reason : 'unexpected';
}
