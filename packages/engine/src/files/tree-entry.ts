/** `f` file, `d` directory, `l` symbolic link, `p` FIFO, `s` socket, `c` and `b` devices. */
export type EntryType = 'f' | 'd' | 'l' | 'p' | 's' | 'c' | 'b';

export interface FileTime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** One name in a tree. Paths are raw bytes relative to the root, kept as latin1; the root itself is the empty path. */
export interface TreeEntry {
  readonly path: string;
  readonly type: EntryType;
  /** Permission bits with set-uid, set-gid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly rdevMajor: number;
  readonly rdevMinor: number;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly sizeBytes: number;
  readonly mtime: FileTime;
  readonly ctime: FileTime;
  readonly atime: FileTime;
  /** Raw bytes of a link's target; empty for everything else. */
  readonly target: Uint8Array;
  /** The attributes as they lie in the stream: for each u16 length of the name, u32 length of the value, name, value. */
  readonly xattrs: Uint8Array;
  /** Data between the holes in whole pages, in bytes; undefined where the file has no holes. */
  readonly extents: readonly { readonly offset: number; readonly length: number }[] | undefined;
}

/** A name that a walk did not enter: another mount (`m`) or a path left out on request (`x`). */
export interface TreeBarrier {
  readonly path: string;
  readonly reason: 'm' | 'x';
  readonly isDirectory: boolean;
}

export interface UnreadableEntry {
  readonly path: string;
  readonly errno: number;
}
