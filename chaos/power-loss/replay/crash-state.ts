import { type Inode, type RecordedOperation, rootInode } from './recorded-operation.ts';

/** What a file system may show after the power went: nothing but what was synced, and any part of the rest that `luck` lets through. */
export interface CrashState {
  /** Content by inode; a file that is missing here is empty. */
  readonly files: ReadonlyMap<Inode, Buffer>;
  readonly directories: ReadonlyMap<Inode, ReadonlyMap<string, Inode>>;
}

/**
 * The state after a loss of power when the first `count` operations had ended. POSIX promises the content of a file as of its last
 * fsync, and the names in a directory as of the directory's last fsync; everything else may have reached the disk or not, in any
 * order: `luck` is asked for each. A rename or link is there whole or not at all.
 */
export function crashState(operations: readonly RecordedOperation[], count: number, luck: () => boolean): CrashState {
  const syncedUpTo = lastSyncs(operations.slice(0, count));
  const files = new Map<Inode, Buffer>();
  const directories = new Map<Inode, Map<string, Inode>>([[rootInode, new Map()]]);
  const entriesOf = (inode: Inode): Map<string, Inode> => {
    const entries = directories.get(inode) ?? new Map<string, Inode>();
    directories.set(inode, entries);
    return entries;
  };
  for (const [at, operation] of operations.slice(0, count).entries()) {
    const isThere = (inode: Inode): boolean => at < (syncedUpTo.get(inode) ?? 0) || luck();
    switch (operation.kind) {
      case 'write':
        if (isThere(operation.inode)) files.set(operation.inode, written(files.get(operation.inode), operation.position, operation.bytes));
        break;
      case 'truncate':
        if (isThere(operation.inode)) files.set(operation.inode, resized(files.get(operation.inode), operation.sizeBytes));
        break;
      case 'make-directory':
        entriesOf(operation.inode);
        if (isThere(operation.directory)) entriesOf(operation.directory).set(operation.name, operation.inode);
        break;
      case 'create':
      case 'link':
        if (isThere(operation.directory)) entriesOf(operation.directory).set(operation.name, operation.inode);
        break;
      case 'remove':
        if (isThere(operation.directory)) entriesOf(operation.directory).delete(operation.name);
        break;
      case 'rename':
        if (isThere(operation.directory)) {
          entriesOf(operation.fromDirectory).delete(operation.fromName);
          entriesOf(operation.directory).set(operation.name, operation.inode);
        }
        break;
      case 'sync-file':
      case 'sync-directory':
      case 'report':
        break;
    }
  }
  return { files, directories };
}

/** For each inode the operations that its last sync made last: those that had ended when the sync began. */
function lastSyncs(operations: readonly RecordedOperation[]): ReadonlyMap<Inode, number> {
  const syncs = operations.filter((operation) => operation.kind === 'sync-file' || operation.kind === 'sync-directory');
  return new Map(syncs.map(({ inode, startedAt }) => [inode, startedAt]));
}

function written(before: Buffer = Buffer.alloc(0), position: number, bytes: Uint8Array): Buffer {
  const after = resized(before, Math.max(before.length, position + bytes.length));
  after.set(bytes, position);
  return after;
}

function resized(before: Buffer = Buffer.alloc(0), sizeBytes: number): Buffer {
  const after = Buffer.alloc(sizeBytes);
  before.copy(after);
  return after;
}
