import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, rmdir, statfs, unlink } from 'node:fs/promises';
import type { FileAccess, FileInfo, FileOperations, OpenFile, SyncPoint } from './file-operations.js';
import { openUntouched } from './open-untouched.js';

export interface FileOperationsOptions {
  /** Leaves out every sync of this kind. For tests that show its absence to be noticed. */
  readonly omitFsync?: SyncPoint | undefined;
}

const flags: { readonly [access in FileAccess]: number } = {
  read: constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  compare: constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  source: constants.O_RDONLY | constants.O_NONBLOCK,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
};

/** The real file system. */
export function createFileOperations(options: FileOperationsOptions = {}): FileOperations {
  const { omitFsync } = options;
  return {
    async open(path, access) {
      const ofTheJob = access === 'source' || access === 'compare';
      const handle = ofTheJob ? await openUntouched(nodePath(path), flags[access]) : await open(nodePath(path), flags[access], 0o600);
      return openFile(handle, omitFsync);
    },
    async syncDirectory(path, point) {
      if (point === omitFsync) return;
      const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    rename,
    link,
    remove: (path) => unlink(nodePath(path)),
    makeDirectory: (path) => mkdir(path, { mode: 0o700 }),
    removeDirectory: rmdir,
    inspect: async (path) => describe(await lstat(path)),
    list: (path) => readdir(path),
    async freeBytes(path) {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    },
  };
}

function openFile(handle: FileHandle, omitFsync: SyncPoint | undefined): OpenFile {
  return {
    descriptor: handle.fd,
    read: async (target, position) => (await handle.read(target, 0, target.length, position)).bytesRead,
    write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
    truncate: (sizeBytes) => handle.truncate(sizeBytes),
    sync: async (point) => {
      if (point !== omitFsync) await handle.sync();
    },
    info: async () => describe(await handle.stat()),
    close: () => handle.close(),
  };
}

function describe(stats: Stats): FileInfo {
  const type = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
  return { type, sizeBytes: stats.size, links: stats.nlink, modifiedMs: stats.mtimeMs };
}

function nodePath(path: string | Uint8Array): string | Buffer {
  return typeof path === 'string' ? path : Buffer.from(path.buffer, path.byteOffset, path.byteLength);
}
