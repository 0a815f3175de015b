import type {
  CheckpointMetadata,
  CheckpointObject,
  CheckpointRef,
  CheckpointSummary,
  CommitResult,
  Epoch,
  EpochEnd,
  EpochHistory,
  EpochHolder,
  EpochStart,
  ErrorCode,
  ErrorKind,
  JobRemoval,
  JobState,
  NotedEpoch,
  NoteKind,
  ObjectInput,
  ObjectLayout,
  ObjectResult,
  PageRun,
  PrunePolicy,
  PruneReport,
  RetryAdvice,
  SnapshotUsage,
  VerifyReport,
} from '@holdfast/core';
import type { HeldKey, KeyChange } from '@holdfast/store';
import type { PageService, ServedPages } from '../lazy/lazy-reader.js';

/** What the server side gives to each call beside its arguments. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly progress: (...values: readonly number[]) => void;
}

export interface OpenedRepository {
  readonly repositoryId: string;
  /** Undefined where the repository is not encrypted. */
  readonly heldKey: HeldKey | undefined;
}

export interface OpenedReader {
  readonly handle: number;
  readonly summary: CheckpointSummary;
  readonly metadata: CheckpointMetadata;
  readonly objects: readonly CheckpointObject[];
}

/** The calls between the engine and the process that does all repository I/O. Arguments survive a structured clone. */
export interface RepositoryCalls {
  open(root: string, options: ReopenOptions): Promise<OpenedRepository>;
  /** In place of `open`: no repository is open afterwards. */
  changeKey(change: KeyChange): Promise<boolean>;
  jobs(): Promise<readonly string[]>;
  state(job: string): Promise<JobState>;
  claim(job: string, holder: EpochHolder, start: EpochStart): Promise<Epoch>;
  withdraw(epoch: Epoch): Promise<boolean>;
  remove(job: string, holder: EpochHolder, force: boolean): Promise<JobRemoval>;
  assertCurrent(epoch: Epoch): Promise<void>;
  end(epoch: Epoch, end: EpochEnd): Promise<void>;
  note(epoch: NotedEpoch, kind: NoteKind, note: CheckpointMetadata): Promise<boolean>;
  history(job: string): Promise<readonly EpochHistory[]>;
  fork(from: { readonly job: string; readonly number?: number | undefined }, to: string, holder: EpochHolder): Promise<CheckpointSummary>;
  list(job: string): Promise<readonly CheckpointSummary[]>;
  verify(job: string | undefined): Promise<VerifyReport>;
  usage(job: string): Promise<readonly SnapshotUsage[]>;
  prune(job: string, policy: PrunePolicy): Promise<PruneReport>;
  begin(epoch: Epoch, parent: CheckpointRef | undefined): Promise<{ readonly handle: number; readonly ref: CheckpointRef }>;
  put(handle: number, object: ObjectInput): Promise<ObjectResult>;
  keep(handle: number, key: string): Promise<void>;
  drop(handle: number, key: string): Promise<void>;
  commit(handle: number, metadata: CheckpointMetadata, takenAt: string | undefined): Promise<CommitResult>;
  abortWriter(handle: number): Promise<void>;
  closeWriter(handle: number): Promise<void>;
  openCheckpoint(ref: { readonly job: string; readonly number: number }): Promise<OpenedReader>;
  read(handle: number, key: string): Promise<Uint8Array>;
  write(handle: number, key: string, path: string, layout: ObjectLayout): Promise<void>;
  assertPresent(handle: number): Promise<void>;
  writePages(handle: number, key: string, runs: readonly PageRun[], path: string): Promise<void>;
  servePages(handle: number, service: PageService): Promise<ServedPages>;
  matches(handle: number, key: string, path: string | Uint8Array): Promise<boolean>;
  verifyCheckpoint(handle: number): Promise<void>;
  closeReader(handle: number): Promise<void>;
}

export interface RepositoryOptions {
  /** The repository lies in this folder below the root, which is made where there is none: relative, plain components. */
  readonly below?: string | undefined;
  /** Makes an empty repository where there is none. */
  readonly create: boolean;
  /** True where the storage compresses by itself. */
  readonly compresses: boolean;
  /** The user's key, where the repository is encrypted. It reaches the process by this message only. */
  readonly encryptionKey?: Uint8Array | undefined;
}

export interface ReopenOptions extends RepositoryOptions {
  /** From the process before this one; the user's key may be another one by now. */
  readonly heldKey?: HeldKey | undefined;
}

export type CallName = keyof RepositoryCalls;

export type RequestMessage =
  | { readonly type: 'call'; readonly id: number; readonly name: CallName; readonly args: readonly unknown[] }
  | { readonly type: 'cancel'; readonly id: number };

export interface WireError {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly retry: RetryAdvice;
  readonly message: string;
  readonly operation: string | undefined;
  readonly context: Readonly<Record<string, string | number | boolean>>;
  readonly hint: string | undefined;
  /** The stack of the other side, for logs. */
  readonly stack: string | undefined;
}

export type ResponseMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly id: number; readonly values: readonly number[] }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: WireError };
