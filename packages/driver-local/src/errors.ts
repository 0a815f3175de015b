import { type DirectoryFacts, HoldfastError, storageErrorFromCode } from '@holdfast/core';

const hint = 'Give another directory, or change this one with chown and chmod';

/** Refuses a directory in which snapshots would not be safe from others on this machine. Pure: `facts` were looked up before. */
export function assertUsable(path: string, facts: DirectoryFacts, user: number, operation: string): void {
  if (!facts.isDirectory) throw storageErrorFromCode({ code: 'ENOTDIR', path, operation, message: 'not a directory' });
  // A snapshot is the memory of a process: who can exchange it runs code as that process's user.
  if (facts.uid !== user && facts.uid !== 0) {
    throw refuse(path, operation, `The storage directory '${path}' belongs to user ${facts.uid}, and Holdfast runs as user ${user}`);
  }
  if ((facts.mode & 0o002) !== 0) {
    throw refuse(path, operation, `The storage directory '${path}' can be written by every user (mode ${(facts.mode & 0o7777).toString(8)})`);
  }
}

/** Translates what the file system said to a call of this process. */
export function fromSystemError(error: unknown, path: string, operation: string): HoldfastError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return storageErrorFromCode({ code, path, operation, message: error instanceof Error ? error.message : String(error), cause: error });
}

export function holdsMore(path: string, what: string, remedy: string): HoldfastError {
  return new HoldfastError('HF_STORAGE_NOT_EMPTY', {
    kind: 'conflict',
    message: `The storage directory '${path}' ${what}`,
    operation: 'storage.destroy',
    context: { path },
    hint: remedy,
  });
}

function refuse(path: string, operation: string, message: string): HoldfastError {
  return new HoldfastError('HF_STORAGE_PERMISSION', { kind: 'permission', message, operation, context: { path }, hint });
}
