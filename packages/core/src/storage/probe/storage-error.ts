import type { ErrorCode } from '../../errors/codes.js';
import { type ErrorKind, HoldfastError, type RetryAdvice } from '../../errors/holdfast-error.js';

export interface ForeignStorageError {
  /** The errno's name: `ENOSPC`. */
  readonly code: string | undefined;
  readonly path: string;
  readonly operation: string;
  readonly message: string;
  readonly cause?: unknown;
}

interface Translation {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly retry?: RetryAdvice;
  readonly words: string;
  readonly hint: string;
}

const missing: Translation = {
  code: 'HF_STORAGE_MISSING',
  kind: 'not-found',
  words: 'is not there',
  hint: 'holdfast run makes it where the directory around it exists; or make the directory, mount what belongs there, or correct the path',
};
const notDirectory: Translation = {
  code: 'HF_STORAGE_NOT_DIRECTORY',
  kind: 'invalid-argument',
  words: 'is no directory',
  hint: 'Give a directory, or a path at which one can be made',
};
const denied: Translation = {
  code: 'HF_STORAGE_PERMISSION',
  kind: 'permission',
  words: 'may not be used by this user',
  hint: 'Give this user the right to read, write and search it, or run as its owner',
};
const full: Translation = {
  code: 'HF_STORAGE_FULL',
  kind: 'no-space',
  words: 'has no space left',
  hint: 'Free space or inodes there, raise the quota, or keep fewer snapshots',
};
const broken: Translation = {
  code: 'HF_STORAGE_IO',
  kind: 'unavailable',
  words: 'does not read or write',
  hint: "Look at the kernel's log and at the device, server or client behind the mount",
};

const translations = new Map<string, Translation>([
  ['ENOENT', missing],
  ['ENOTDIR', notDirectory],
  ['EEXIST', notDirectory],
  ['EACCES', denied],
  ['EPERM', denied],
  [
    'EROFS',
    {
      code: 'HF_STORAGE_READ_ONLY',
      kind: 'permission',
      words: 'is on a file system that is mounted read-only',
      hint: 'Mount it for writing, or give another directory',
    },
  ],
  ['ENOSPC', full],
  ['EDQUOT', full],
  ['EIO', broken],
  ['ESTALE', broken],
  ['ENOTCONN', broken],
  ['ECONNABORTED', broken],
  ['ENXIO', broken],
  ['ENODEV', broken],
  [
    'ETIMEDOUT',
    {
      code: 'HF_STORAGE_TIMEOUT',
      kind: 'timeout',
      retry: 'yes',
      words: 'does not answer',
      hint: 'Look whether the server or client behind the mount still runs',
    },
  ],
]);

/** Says what a file system's error on a storage directory means. Pure. Unknown errors stay `unexpected`, with their cause. */
export function storageErrorFromCode(foreign: ForeignStorageError): HoldfastError {
  const { path, operation, cause } = foreign;
  const translation = translations.get(foreign.code ?? '');
  const rest = {
    operation,
    context: { path, ...(foreign.code === undefined ? {} : { errno: foreign.code }) },
    ...(cause === undefined ? {} : { cause }),
  };
  if (translation === undefined) {
    return new HoldfastError('HF_UNEXPECTED', { kind: 'unexpected', message: `The storage directory '${path}' failed: ${foreign.message}`, ...rest });
  }
  const { code, kind, words, hint, retry } = translation;
  const message = `The storage directory '${path}' ${words}${code === 'HF_STORAGE_IO' ? `: ${foreign.message}` : ''}`;
  return new HoldfastError(code, { kind, message, hint, ...(retry === undefined ? {} : { retry }), ...rest });
}
