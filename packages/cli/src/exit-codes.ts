import type { ErrorKind, HoldfastError } from '@holdfast/core';

/** Scripts branch on these; docs/cli.md has the same table. A number never changes its meaning. */
export const exitCodes = {
  ok: 0,
  /** The answer is no: damage was found, a requirement is missing, a name is taken. */
  no: 1,
  usage: 2,
  /** Another process holds the job, or another job needs it. */
  held: 3,
  notFound: 4,
  /** Storage or catalog does not answer, is full or cannot be written. */
  unavailable: 5,
  /** A defect of Holdfast. */
  unexpected: 70,
  /** `run`: a signal made it take a last snapshot and stop. */
  stopped: 75,
  /** `run`: Holdfast failed before the job began, or lost it. */
  holdfastFailed: 125,
} as const;

const byKind: Readonly<Record<ErrorKind, number>> = {
  'invalid-argument': exitCodes.usage,
  unsupported: exitCodes.usage,
  conflict: exitCodes.held,
  fenced: exitCodes.held,
  'not-found': exitCodes.notFound,
  unavailable: exitCodes.unavailable,
  timeout: exitCodes.unavailable,
  'no-space': exitCodes.unavailable,
  permission: exitCodes.unavailable,
  corrupt: exitCodes.no,
  'newer-format': exitCodes.no,
  'missing-requirement': exitCodes.no,
  aborted: exitCodes.unexpected,
  unexpected: exitCodes.unexpected,
};

/** The exit status of a command other than `run`. */
export function exitCodeOf(error: HoldfastError): number {
  if (error.code === 'HF_NOT_ROOT' || error.code === 'HF_JOB_EXISTS') return exitCodes.no;
  if (error.code === 'HF_JOB_NOT_RUNNING') return exitCodes.notFound;
  // Nothing that goes away by itself, whatever the caller can do about it.
  if (error.code.startsWith('HF_KEY_') && error.code !== 'HF_KEY_UNAVAILABLE') return exitCodes.usage;
  return byKind[error.kind];
}

/** The exit status of `run` where the job did not begin: what a shell says of a command it cannot start, else 125. */
export function exitCodeOfFailedRun(error: HoldfastError): number {
  const status = error.code === 'HF_START_FAILED' ? error.context['exitCode'] : undefined;
  return status === 126 || status === 127 ? status : exitCodes.holdfastFailed;
}
