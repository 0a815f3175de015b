import { type ErrorKind, HoldfastError } from '@holdfast/core';

interface Meaning {
  readonly kind: ErrorKind;
  readonly hint: string;
}

const plain = 'the snapshot is taken by a plain dump instead, which keeps the job frozen for longer';

/** Why there is no twin, as `context.reason` of HF_TWIN_REFUSED. */
export type TwinRefusal =
  /** Somebody traces a process of the job: a debugger, strace. */
  | 'traced'
  /** A process was stopped (SIGSTOP) before it was frozen, by a freezer v1: it cannot be held. */
  | 'stopped'
  /** A process waits for a child that borrows its memory. */
  | 'vfork'
  /** A limit of processes is reached. */
  | 'pids'
  /** The kernel has, or allows, no memory for it. */
  | 'no-room'
  /** A filter of system calls forbids it. */
  | 'seccomp'
  /** A process is no 64-bit program. */
  | 'compat'
  /** Another kernel or processor than is known. */
  | 'machine'
  /** The control group of the twins takes none. */
  | 'group'
  /** A process ended meanwhile. */
  | 'lost'
  /** The helper ended with the job in its hands: what is captured in this freeze is to be thrown away. Thaw, and sweep with another helper. */
  | 'helper'
  /** Another helper was killed with the job in its hands, and nobody has swept since. */
  | 'unswept'
  | 'timeout'
  /** The job did not stand still throughout: what was captured meanwhile is not of one instant. */
  | 'freezer'
  /** The job was not frozen when asked for. */
  | 'running'
  /** The job was frozen and must not be. */
  | 'frozen'
  | 'busy'
  /** Dropped, but one is not reaped yet. */
  | 'zombie'
  | 'usage'
  | 'unexpected';

const meanings: Readonly<Record<TwinRefusal, Meaning>> = {
  traced: { kind: 'conflict', hint: `end the debugger or tracer; until then ${plain}` },
  stopped: { kind: 'conflict', hint: `continue it (SIGCONT); until then ${plain}` },
  vfork: { kind: 'conflict', hint: `the next snapshot will find it over; ${plain}` },
  pids: { kind: 'no-space', hint: `raise the limit of processes (pids.max, RLIMIT_NPROC); until then ${plain}` },
  'no-room': { kind: 'no-space', hint: `let the machine overcommit memory, or give it more; until then ${plain}` },
  seccomp: { kind: 'permission', hint: plain },
  compat: { kind: 'unsupported', hint: `twins are made of 64-bit programs only; ${plain}` },
  machine: { kind: 'unsupported', hint: plain },
  group: { kind: 'permission', hint: `the control group of the twins must be there and writable; ${plain}` },
  lost: { kind: 'not-found', hint: 'a process of the job ended meanwhile' },
  helper: { kind: 'unavailable', hint: 'what was captured meanwhile is to be thrown away; the next snapshot starts another helper' },
  unswept: { kind: 'conflict', hint: 'what was captured meanwhile is to be thrown away; the next snapshot sweeps before' },
  timeout: { kind: 'timeout', hint: plain },
  freezer: { kind: 'unexpected', hint: 'what was captured meanwhile is not of one instant and must be thrown away' },
  running: { kind: 'invalid-argument', hint: 'freeze the job before' },
  frozen: { kind: 'invalid-argument', hint: 'thaw the job before' },
  busy: { kind: 'conflict', hint: 'drop the twins that there are before' },
  zombie: { kind: 'timeout', hint: 'the twins have ended; what is left of them goes with the process that does not reap it' },
  usage: { kind: 'unexpected', hint: 'the helper is not of this version: run script/bootstrap' },
  unexpected: { kind: 'unexpected', hint: plain },
};

/** A reason that this version does not know is `unexpected`. */
export function twinRefused(reason: string, text: string, operation: string): HoldfastError {
  const known: TwinRefusal = isKnown(reason) ? reason : 'unexpected';
  const { kind, hint } = meanings[known];
  return new HoldfastError('HF_TWIN_REFUSED', { message: text, kind, operation, context: { reason: known }, hint });
}

function isKnown(reason: string): reason is TwinRefusal {
  return Object.hasOwn(meanings, reason);
}
