import type { ErrorCode, ErrorKind } from '@holdfast/core';
import { HoldfastError, isHoldfastError } from '@holdfast/core/basics';

/** The system's own name of an error (`ENOENT`), also where it was wrapped. */
export function systemCode(error: unknown): string | undefined {
  const bare = isHoldfastError(error) ? error.cause : error;
  if (typeof bare !== 'object' || bare === null || !('code' in bare)) return undefined;
  return typeof bare.code === 'string' ? bare.code : undefined;
}

/**
 * True where the file may have been removed or replaced since it was opened: unlike a local file system, storage that machines share need not keep what
 * another machine removed. Opened anew, its name tells. JuiceFS answers `EBADF`, too, where the file went while it was being opened.
 */
export function isStale(error: unknown): boolean {
  const name = systemCode(error);
  return name === 'ENOENT' || name === 'ESTALE' || name === 'EBADF';
}

interface Explanation {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly says: string;
  readonly hint: string;
}

const clientGone: Explanation = {
  code: 'HF_STORAGE_IO',
  kind: 'unavailable',
  says: 'the client behind the mount is gone',
  hint: 'Mount it again, unless that comes by itself, as of a JuiceFS volume within seconds: the next snapshot goes on then',
};

const explanations: Readonly<Record<string, Explanation>> = {
  ENOSPC: {
    code: 'HF_STORAGE_FULL',
    kind: 'no-space',
    says: 'there is no space left',
    hint: 'Free space there, raise the limit that it may have (format.capacity of a JuiceFS volume), or keep fewer snapshots',
  },
  EDQUOT: { code: 'HF_STORAGE_FULL', kind: 'no-space', says: 'the quota is used up', hint: 'Raise the quota, or keep fewer snapshots' },
  EROFS: { code: 'HF_STORAGE_READ_ONLY', kind: 'permission', says: 'the storage is read-only', hint: 'Mount it for writing' },
  EACCES: { code: 'HF_STORAGE_IO', kind: 'permission', says: 'access is denied', hint: 'Check the owner and the mode of the path' },
  EPERM: { code: 'HF_STORAGE_IO', kind: 'permission', says: 'it is not permitted', hint: 'Check the owner and the mode of the path' },
  ELOOP: { code: 'HF_STORAGE_IO', kind: 'conflict', says: 'it is a symbolic link', hint: 'Links inside a repository are not followed; remove it' },
  ENOTDIR: { code: 'HF_STORAGE_NOT_DIRECTORY', kind: 'conflict', says: 'part of it is not a directory', hint: 'Name a directory' },
  ENOENT: { code: 'HF_STORAGE_IO', kind: 'not-found', says: 'it does not exist', hint: 'Check that the storage is attached' },
  // What was under way when a FUSE client died is told by the second, all that comes later by the first.
  ENOTCONN: clientGone,
  ECONNABORTED: clientGone,
  EIO: {
    code: 'HF_STORAGE_IO',
    kind: 'unavailable',
    says: 'the storage failed',
    hint: "Look at the kernel's log, and at the disk, the client or the server behind the mount",
  },
  EEXIST: { code: 'HF_STORAGE_IO', kind: 'conflict', says: 'it exists already', hint: 'Choose another name or remove it' },
};

/** True where nothing that was open on the mount will ever work again. */
export function isMountGone(systemName: unknown): boolean {
  return typeof systemName === 'string' && explanations[systemName] === clientGone;
}

function saidOf(known: Explanation | undefined, name: string | undefined): string | undefined {
  if (known === undefined) return name === undefined ? undefined : `the storage answered ${name}`;
  // The words that it has in common with others need the system's own beside them.
  return known.kind === 'unavailable' ? `${known.says} (${name})` : known.says;
}

/** Turns a failed file operation into an error that names the path, what the system said and the remedy. */
export function explainSystemError(error: unknown, operation: string, path: string, freeBytes?: number): HoldfastError {
  if (isHoldfastError(error)) return error;
  const name = systemCode(error);
  const known = name === undefined ? undefined : explanations[name];
  const free = freeBytes === undefined ? '' : ` (${freeBytes} bytes are free)`;
  return new HoldfastError(known?.code ?? 'HF_STORAGE_IO', {
    message: `Cannot ${operation} ${path}: ${saidOf(known, name) ?? String(error)}${free}`,
    kind: known?.kind ?? 'unavailable',
    operation: `store.${operation}`,
    context: { path, ...(name === undefined ? {} : { system: name }), ...(freeBytes === undefined ? {} : { freeBytes }) },
    hint: known?.hint ?? 'Check the health of the storage and try again',
    cause: error,
  });
}
