/** A directory whose files belong to the job's state. */
export interface TrackedRoot {
  /** Stable over the snapshots of a job, at most 64 letters, digits and `-`: `cwd`, `track-1`, `tmp`, `shm`. Part of every object's key. */
  readonly id: string;
  /** Where it lies on this machine now; absolute. */
  readonly hostPath: string;
  /** Where the job sees it; absolute. */
  readonly destination: string;
  /** True for what is Holdfast's own, such as the job's `/tmp`: nothing in it is the user's, so a restore replaces without keeping. */
  readonly private: boolean;
}

/** Holdfast's own folder at the top of a root: saved files and restores under way. Never tracked. */
export const ownFolderName = '.holdfast';

/** A regular file that a frozen process has open or mapped, as `/proc/PID/fd`, `fdinfo` and `map_files` tell. */
export interface OpenFile {
  readonly dev: bigint;
  readonly ino: bigint;
  /** As the job sees it, without the kernel's ` (deleted)`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** `append`: open with O_APPEND by every descriptor that can write. `write`: open for writing otherwise, or mapped shared and writable. */
  readonly access: 'append' | 'write';
  readonly mappedSharedWritable: boolean;
  readonly deleted: boolean;
  readonly nlink: number;
}
