import type { ErrorCode } from './codes.js';

/** What the caller can do about an error; one kind for every source of errors. */
export type ErrorKind =
  /** The input is wrong; the same call fails for ever. */
  | 'invalid-argument'
  /** The implementation declares that it cannot do this. */
  | 'unsupported'
  | 'not-found'
  /** Another holder, another value or another state stands in the way. */
  | 'conflict'
  /** A newer attempt owns the job: this one must end it. */
  | 'fenced'
  | 'permission'
  | 'no-space'
  /** Bytes that were read are not the bytes that were written. */
  | 'corrupt'
  /** Written by a newer version than this one. */
  | 'newer-format'
  /** A program, kernel feature or file that is needed is missing on this machine. */
  | 'missing-requirement'
  /** Not reachable or not answering now; it may be later. */
  | 'unavailable'
  | 'timeout'
  | 'aborted'
  /** Nobody foresaw it: a defect, or a foreign error that is not understood. */
  | 'unexpected';

/** `yes`: the same call may succeed later. `no`: it will not. `spent`: a retry layer has already tried. */
export type RetryAdvice = 'yes' | 'no' | 'spent';

export interface HoldfastErrorInit {
  /** One sentence without a final full stop, naming the value that is wrong. */
  readonly message: string;
  readonly kind: ErrorKind;
  readonly retry?: RetryAdvice;
  /** What was being done: `store.commit`, `freeze`. */
  readonly operation?: string;
  /** Values that tell where: paths, job, snapshot. Never a secret. */
  readonly context?: Readonly<Record<string, string | number | boolean>>;
  /** What the reader can do: a command, an option, a value that would be accepted. */
  readonly hint?: string;
  readonly cause?: unknown;
}

const identity: unique symbol = Symbol.for('holdfast.error');

/** The one error type of every package. Branch on `kind` or `code`, never on the message. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly retry: RetryAdvice;
  readonly operation: string | undefined;
  readonly context: Readonly<Record<string, string | number | boolean>>;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, init: HoldfastErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    Object.defineProperty(this, identity, { value: true });
    this.code = code;
    this.kind = init.kind;
    this.retry = init.retry ?? (init.kind === 'unavailable' ? 'yes' : 'no');
    this.operation = init.operation;
    this.context = Object.freeze({ ...init.context });
    this.hint = init.hint;
  }
}

/** True for an error of any copy of this package in the process. */
export function isHoldfastError(value: unknown): value is HoldfastError {
  return typeof value === 'object' && value !== null && identity in value;
}
