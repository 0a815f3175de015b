/** Where the store syncs: named so that a test can leave one out and show that its absence is noticed. */
export const syncPoints = [
  'repository',
  'repository-directory',
  'job-directory',
  'epoch',
  'epoch-directory',
  'pack',
  'pack-directory',
  'manifest',
  'manifest-directory',
  'pin-directory',
] as const;

export type SyncPoint = (typeof syncPoints)[number];

export interface FileInfo {
  readonly type: 'file' | 'directory' | 'other';
  readonly sizeBytes: number;
  readonly links: number;
  /** When its content was last changed, by the storage's clock where it has one of its own. */
  readonly modifiedMs: number;
}

export type FileAccess = 'read' | 'create' | 'compare' | 'source';

export interface OpenFile {
  /** The system's own, for threads of this process; undefined where there is none. */
  readonly descriptor?: number | undefined;
  /** Reads up to `target.length` bytes at `position`; fewer only where the file ends or the system says so. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Writes at `position` and tells how many bytes were taken, which may be fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  truncate(sizeBytes: number): Promise<void>;
  sync(point: SyncPoint): Promise<void>;
  info(): Promise<FileInfo>;
  close(): Promise<void>;
}

/**
 * Every operation of the store on files: the one place where tests let the n-th write fail, record the order, or leave a sync out.
 * Errors are Node.js's own, with `code`.
 */
export interface FileOperations {
  /**
   * `read`: an existing file. `create`: exclusive creation with mode 0600. `compare` and `source`: a file of the job, whose access time stays where
   * the system lets it. No link at the end of the path is followed, except by `source`.
   */
  open(path: string | Uint8Array, access: FileAccess): Promise<OpenFile>;
  syncDirectory(path: string, point: SyncPoint): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  link(existing: string, created: string): Promise<void>;
  remove(path: string | Uint8Array): Promise<void>;
  /** With mode 0700; fails with EEXIST. */
  makeDirectory(path: string): Promise<void>;
  /** An empty one; fails with ENOTEMPTY. */
  removeDirectory(path: string): Promise<void>;
  /** Of the path itself, not of what a link points to. */
  inspect(path: string): Promise<FileInfo>;
  /** Names, in no order. The directory is opened anew by each call. */
  list(path: string): Promise<readonly string[]>;
  freeBytes(path: string): Promise<number>;
}
