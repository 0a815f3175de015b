import type { CallOptions } from '../storage/storage-driver.js';
import type { EpochHistory, NotedEpoch, NoteKind } from './epoch-notes.js';
import type { JobRemoval, PrunePolicy, PruneReport, SnapshotUsage } from './removal.js';
import type { CheckpointObject, ObjectInput, ObjectLayout } from './objects.js';

/** Names one snapshot. `number` grows over a job's whole life and is never reused. */
export interface CheckpointRef {
  readonly job: string;
  readonly number: number;
  readonly epoch: number;
  /** The attempt that wrote it, so that two writers of one epoch number can never be mistaken for each other. */
  readonly attempt: string;
}

/** What the writer's caller keeps with a snapshot; JSON values only. The store does not look inside. */
export type CheckpointMetadata = Readonly<Record<string, unknown>>;

export interface CheckpointSummary extends CheckpointRef {
  readonly createdAt: string;
  /** Bytes of all objects as they are restored. */
  readonly logicalBytes: number;
  /** Bytes that this snapshot added to the packs. */
  readonly storedBytes: number;
  readonly parent: number | undefined;
  /** False for what a later epoch left behind: such a snapshot is never chosen. */
  readonly eligible: boolean;
}

/** Names a snapshot by its job and number. */
export interface SnapshotSource {
  readonly job: string;
  readonly number: number;
}

/** Who claims a job. Kept in the epoch's file and shown to whoever is refused. */
export interface EpochHolder {
  readonly attempt: string;
  readonly host: string;
  readonly pid: number;
}

export interface Epoch {
  readonly job: string;
  readonly epoch: number;
  readonly attempt: string;
  /** The snapshot that this epoch continues; undefined for a fresh start. */
  readonly from: CheckpointRef | undefined;
  /** The number that the first snapshot of this epoch gets. */
  readonly firstNumber: number;
}

/** How the job ended under an epoch; written once, so that the next attempt starts anew instead of resuming. */
export interface EpochEnd {
  readonly exitCode: number;
  readonly endedAt: string;
}

export interface JobState {
  readonly job: string;
  /** The newest epoch, if the job was ever claimed. */
  readonly epoch: (Epoch & { readonly holder: EpochHolder; readonly claimedAt: string; readonly end: EpochEnd | undefined }) | undefined;
  /** The number of the newest eligible snapshot by its file's name; whether its manifest is whole, `list` tells. */
  readonly newest: number | undefined;
  /** The snapshots of other jobs that this one was made from, by `fork`, and whose blocks it may still need; the one forked comes first. */
  readonly sources: readonly SnapshotSource[];
}

export type EpochStart =
  | { readonly kind: 'fresh' }
  /** The newest eligible snapshot; fresh where there is none. */
  | { readonly kind: 'newest' }
  /** This one, although newer ones exist: they are never eligible again. */
  | { readonly kind: 'checkpoint'; readonly number: number };

export interface ObjectResult {
  /** Pages that no stored page equals. */
  readonly changedPages: number;
  /** Pages that were not read, since the caller knows them to be the parent's. */
  readonly unreadPages: number;
}

export interface PutOptions extends CallOptions {
  /** Called now and then with how many bytes of the object were looked at. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export interface WriteOptions extends CallOptions {
  /** Called now and then, but for small objects, with how far the new file is written, in bytes; holes count. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export interface CommitOptions extends CallOptions {
  /** The instant that the state is of, in ISO 8601 as `Date` writes it; default: now. For a snapshot that was taken elsewhere. */
  readonly takenAt?: string | undefined;
}

export interface CommitResult {
  /** `fenced`: a higher epoch exists that does not build on this snapshot; the attempt must end its job. */
  readonly outcome: 'committed' | 'fenced';
  readonly summary: CheckpointSummary;
}

/** Writes one snapshot. Nothing of it can be chosen by a reader before `commit` resolves. */
export interface CheckpointWriter extends AsyncDisposable {
  readonly ref: CheckpointRef;

  /**
   * Stores an object whole: pages that equal those of the parent's object of the same key are referred to, not stored again.
   *
   * - A second put of the same key replaces the first.
   * - Rejects with HF_FILE_CHANGED where a source turns out shorter than its extents say; the writer stays usable.
   */
  put(object: ObjectInput, options?: PutOptions): Promise<ObjectResult>;

  /**
   * Takes an object over from the parent unread, in the parent's exact content.
   *
   * - Rejects with kind `not-found` where the parent has no such object.
   */
  keep(key: string, options?: CallOptions): Promise<void>;

  /** Leaves out an object put before. Absence is success. */
  drop(key: string): Promise<void>;

  /**
   * Makes the snapshot durable and visible, in this order: packs, pack directory, manifest by rename, its directory.
   *
   * - Resolves only when a power loss can no longer take it back.
   * - Once. After a failure of unknown outcome the manifest is read back before the error is given.
   * - `fenced` where a higher epoch was claimed meanwhile.
   * - `takenAt` is the summary's `createdAt`. Rejects with HF_USAGE where it is no such instant; the writer stays usable.
   */
  commit(metadata: CheckpointMetadata, options?: CommitOptions): Promise<CommitResult>;

  /** Gives up: what was written is removed where that is safe, else left for prune. Harmless after a commit, and when repeated. */
  abort(): Promise<void>;
}

/** Reads one snapshot. Every byte handed out was verified against its block's digest and its window's hash. */
export interface CheckpointReader extends AsyncDisposable {
  readonly summary: CheckpointSummary;
  readonly metadata: CheckpointMetadata;
  readonly objects: readonly CheckpointObject[];

  /** The object's bytes in memory, extents back to back. For small objects: rejects with HF_USAGE above 256 MiB. */
  read(key: string, options?: CallOptions): Promise<Uint8Array>;

  /**
   * Rebuilds an object in a new file (mode 0600, exclusive creation: an existing path or link is refused).
   *
   * - On failure the partial file is removed.
   * - Not synced: a restore that dies is begun anew.
   */
  write(key: string, path: string, layout: ObjectLayout, options?: WriteOptions): Promise<void>;

  /** True where the regular file at `path` (bytes, where the name is not UTF-8; never followed through a link) has exactly the object's bytes. */
  matches(key: string, path: string | Uint8Array, options?: CallOptions): Promise<boolean>;

  /** Reads and verifies every block that this snapshot needs. Rejects with kind `corrupt` and the first one that is not right. */
  verify(options?: CallOptions & { readonly onProgress?: (bytes: number, totalBytes: number) => void }): Promise<void>;
}

export interface VerifyProblem {
  readonly job: string;
  readonly number: number | undefined;
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly snapshots: number;
  readonly blocks: number;
  readonly bytes: number;
  readonly problems: readonly VerifyProblem[];
}

/** The checkpoint repository. All calls may be made from several processes and machines at once. */
export interface CheckpointStore extends AsyncDisposable {
  readonly repositoryId: string;

  jobs(options?: CallOptions): Promise<readonly string[]>;

  /** An unknown job is an empty state, not an error. */
  state(job: string, options?: CallOptions): Promise<JobState>;

  /**
   * Wins the next epoch by exclusive creation of its file.
   *
   * - Two claims never win the same epoch; the loser tries the next number.
   * - No snapshot that was reported as committed is left behind, unless `start` says so.
   * - `checkpoint` rejects with HF_CHECKPOINT_MISSING where that snapshot is not there or not eligible.
   */
  claim(job: string, holder: EpochHolder, start: EpochStart, options?: CallOptions): Promise<Epoch>;

  /**
   * Takes a claim back under which nothing was committed. Where the job has nothing else, the job goes with it, and its name was never used.
   *
   * - What others did under this name meanwhile, and what was there before, stays.
   * - Tells whether the job is gone.
   */
  withdraw(epoch: Epoch, options?: CallOptions): Promise<boolean>;

  /** Rejects with kind `fenced` where a higher epoch exists. */
  assertCurrent(epoch: Epoch, options?: CallOptions): Promise<void>;

  /** Notes how the job ended; the newest epoch only (else kind `fenced`). A repeat with the same end is harmless. */
  end(epoch: Epoch, end: EpochEnd, options?: CallOptions): Promise<void>;

  /**
   * Keeps a note of the caller's with its epoch, durably: JSON values, of up to 4 MiB (else HF_USAGE). It decides nothing.
   *
   * - Of each kind the first stays; a repeat is harmless. Tells whether this call wrote it.
   * - Also under an epoch that is over. Rejects with kind `not-found` where the epoch was removed.
   */
  note(epoch: NotedEpoch, kind: NoteKind, note: CheckpointMetadata, options?: CallOptions): Promise<boolean>;

  /** The job's finished claims with their notes, oldest first; damaged notes are left out, and told to the log. An unknown job has none. */
  history(job: string, options?: CallOptions): Promise<readonly EpochHistory[]>;

  /** Begins a snapshot on top of `parent` (the last committed one of this epoch, or the one it continues). */
  begin(epoch: Epoch, parent: CheckpointRef | undefined, options?: CallOptions): Promise<CheckpointWriter>;

  /**
   * Opens a committed snapshot, which stays whole until the reader is disposed of, whoever prunes meanwhile.
   *
   * - What a reader reads is found wherever a prune moves it. Where the snapshot goes all the same (the storage took no pin, or the reader stood still for too
   *   long), he hears HF_CHECKPOINT_MISSING, not that it is damaged.
   * - Rejects with `not-found`, `corrupt` or `newer-format`.
   */
  open(ref: Pick<CheckpointRef, 'job' | 'number'>, options?: CallOptions): Promise<CheckpointReader>;

  /**
   * Makes a new job whose first snapshot is another job's: the newest eligible one, or the one of this number. No block is copied.
   *
   * - Both jobs go on by themselves. Whatever is pruned of the other one, the blocks that the new one needs stay; once it needs none, its own prune lets go.
   * - A job may be forked that is a fork itself.
   * - Rejects with HF_JOB_EXISTS where the name was ever claimed; of forks to one name at the same time at most one resolves.
   * - Where the newest is asked for and pruned meanwhile, it is the one that is the newest then.
   * - Rejects with HF_CHECKPOINT_MISSING where that snapshot is not there or was left behind; the name stays free.
   * - Killed at any step, either the new job is there, whole and durable, or its name is still free.
   */
  fork(
    from: { readonly job: string; readonly number?: number | undefined },
    to: string,
    holder: EpochHolder,
    options?: CallOptions,
  ): Promise<CheckpointSummary>;

  /** Newest first. Manifests that cannot be read are left out; `verify` names them. */
  list(job: string, options?: CallOptions): Promise<readonly CheckpointSummary[]>;

  /** Reads everything of one job, or of all, so that whatever a restore would find is found; never rejects for it. */
  verify(job: string | undefined, options?: CallOptions & { readonly onProgress?: (bytes: number) => void }): Promise<VerifyReport>;

  /** What the snapshots of a job take, newest first. Those that cannot be read are left out. An unknown job has none. */
  usage(job: string, options?: CallOptions): Promise<readonly SnapshotUsage[]>;

  /**
   * Removes snapshots by the policy, oldest first; then, once `graceMs` has passed, in this call or a later one, their files and the packs that nothing
   * needs any more. Packs of which little is needed are rewritten.
   *
   * - Killed at any step it leaves every snapshot that is still listed whole; the next prune finishes.
   * - Never touches what a snapshot in progress may be writing: snapshots of an epoch commit in the order of their numbers.
   * - What is open for reading stays whole until its reader is disposed of, and what another job was forked from until that job needs it no more.
   * - `onProgress` hears of bytes copied; a call without any of it does little more than list and read manifests.
   */
  prune(job: string, policy: PrunePolicy, options?: CallOptions & { readonly onProgress?: (bytes: number) => void }): Promise<PruneReport>;

  /**
   * Removes a job with all its snapshots; its name is free then.
   *
   * - Rejects with HF_JOB_MISSING, and with HF_JOB_PINNED where a fork still needs the job; also where somebody reads it or a person has pinned it, unless
   *   `force` is given. Nothing is removed then.
   * - An attempt that runs is fenced: nothing that it commits from now on counts, whenever it commits. Whether one runs is for the caller to know.
   * - Rejects with kind `fenced` where another attempt claims the job meanwhile, and what it goes on from may be what is being removed; what is claimed later
   *   stays whole.
   * - Numbers and epochs of a later job of this name are above all that were used.
   * - Killed at any step the job is whole, or has no snapshot that can be chosen; another call finishes. It removes damaged jobs, too.
   */
  remove(job: string, holder: EpochHolder, options?: CallOptions & { readonly force?: boolean }): Promise<JobRemoval>;
}
