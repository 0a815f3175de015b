import type { Readable, Writable } from 'node:stream';
import type {
  AttemptRecord,
  CallOptions,
  CatalogPlugin,
  CatalogTotals,
  CheckpointSummary,
  EncryptionConfig,
  EventRecord,
  HoldfastError,
  JobQuery,
  JobRecord,
  Logger,
  Page,
  PruneReport,
  RecordQuery,
  SnapshotSource,
  StorageDriver,
  StoragePlugin,
  VerifyReport,
} from '@holdfast/core';
import type { Agent, AgentOptions, StoppedJob } from '../agent/types.js';
import type { RebuildOptions, RebuildReport } from '../catalog/rebuild.js';
import type { RepositoryAhead } from '../repository/ahead.js';
import type { SweepReport, SweepRequest } from '../retention/types.js';
import type { KnownMemoryAccount } from '../run/memory-account.js';
import type { Run, RunOptions, RunRequest, SnapshotOutcome } from '../run/types.js';
import type { ExportJobOptions, ExportReport } from './export-job.js';
import type { ImportJobOptions, ImportReport } from './import-job.js';
import type { RemovedJob } from './remove-job.js';

/** One requirement and its remedy. */
export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What was found: a version, a path, a reason. */
  readonly detail: string;
  /** What to do; undefined where it is ok. */
  readonly remedy: string | undefined;
  /** True where it could not be looked at for lack of rights; `ok` is then true, and the check of the rights is not. */
  readonly skipped?: boolean;
}

export interface DoctorReport {
  readonly ok: boolean;
  readonly checks: readonly DoctorCheck[];
  /** The first failed check as an error with its remedy. Throws where all is well. */
  toError(): HoldfastError;
}

/** How it came by the job's memory is undefined where its record cannot be read. */
export interface ShownSnapshot extends CheckpointSummary, KnownMemoryAccount {
  readonly freezeMs: number | undefined;
}

export interface JobDetail {
  readonly job: string;
  /** Undefined where the catalog does not know the job. */
  readonly record: JobRecord | undefined;
  readonly holder: { readonly host: string; readonly pid: number; readonly since: string } | undefined;
  readonly snapshots: readonly ShownSnapshot[];
  /** What it was forked from; none for a job that began by itself. */
  readonly forkedFrom: SnapshotSource | undefined;
  readonly attempts: readonly AttemptRecord[];
  readonly events: readonly EventRecord[];
  /** Where the events go on; undefined where these are the last. */
  readonly nextCursor: string | undefined;
  /** Why events and holder are missing and nobody knows whether it runs: the catalog does not answer. Undefined where it did. */
  readonly warning: string | undefined;
}

export interface ForkRequest {
  /** The name of the new job. */
  readonly to: string;
  /** The snapshot; default: the newest one. */
  readonly number?: number | undefined;
}

export interface ForkedJob {
  readonly job: string;
  /** Of its first snapshot. */
  readonly number: number;
  readonly from: SnapshotSource;
  /** Why the catalog does not list it yet. */
  readonly warning: string | undefined;
}

export interface JobPage extends Page<JobRecord> {
  /** Why the jobs are those of every storage in the catalog, or what the storage tells without the catalog, or which ones the catalog does not know. */
  readonly warning?: string | undefined;
}

export interface JobTotals extends CatalogTotals {
  /** Why they were counted in the storage: the catalog does not answer. */
  readonly warning: string | undefined;
}

/** The driver of the configured storage, in its layers. */
export type DeploymentStorage = StorageDriver;

export interface DeploymentJobs {
  /**
   * The jobs of this storage; of every storage in the catalog, with a warning, where this one cannot be opened. Where the catalog does not answer, with a
   * warning, what the repository tells: every job is read for each page then, and one that is noted as running may be dead.
   */
  list(query?: JobQuery, options?: CallOptions): Promise<JobPage>;
  /** Rejects with HF_JOB_MISSING for a job that this repository never held, also where the catalog knows one of that name in another. */
  show(job: string, options?: CallOptions & { readonly events?: RecordQuery }): Promise<JobDetail>;
  /** Counts the jobs of this storage by the status that they noted, their snapshots, and what these added to it. Without the catalog as `list`. */
  totals(options?: CallOptions): Promise<JobTotals>;
  verify(job: string | undefined, options?: CallOptions & { readonly onProgress?: (bytes: number) => void }): Promise<VerifyReport>;
  /** Asks the process that runs the job on this machine. Rejects with HF_JOB_NOT_RUNNING. */
  snapshot(job: string, options?: CallOptions): Promise<SnapshotOutcome>;
  /**
   * Asks the process that runs the job on this machine to take a last snapshot and to end it; resolves once it is over: another run of the job, anywhere, goes
   * on from there. Rejects with HF_JOB_NOT_RUNNING, and with the snapshot's error where that failed: the job has ended all the same.
   */
  stop(job: string, options?: CallOptions): Promise<StoppedJob>;
  /**
   * Makes a new job that goes on from this one's snapshot, without copying it; its line, run with `job: to`, resumes it there. The tracked files come back
   * at the same paths as this one's, so on one machine only one of the two may run at a time.
   *
   * - Rejects with HF_JOB_EXISTS, HF_JOB_NAME or HF_CHECKPOINT_MISSING.
   */
  fork(job: string, request: ForkRequest, options?: CallOptions): Promise<ForkedJob>;
  /** Keeps the newest `keep` snapshots of one job; with `dryRun` it only tells what would be removed. */
  prune(job: string, keep: number, options?: CallOptions & { readonly dryRun?: boolean }): Promise<PruneReport>;

  /**
   * Removes a job with all its snapshots, and what the catalog knows of it; its name is free then. What runs is not stopped.
   *
   * - Rejects with HF_JOB_MISSING; with HF_JOB_HELD where it runs, HF_JOB_PINNED where a fork needs it, HF_CATALOG_UNAVAILABLE where nobody can tell.
   * - Also with HF_JOB_PINNED where somebody reads it or a person has pinned it, unless `force` is given.
   * - Killed at any step, the job is whole or has no snapshot, and another call finishes.
   */
  remove(job: string, options?: CallOptions & { readonly force?: boolean }): Promise<RemovedJob>;

  /**
   * Writes a snapshot as one archive, docs/archive.md, to a path that is free or to a stream, which is left open.
   *
   * - A file appears under its name when it is whole and synced, with mode 0600; after a failure there is none.
   * - Rejects with HF_JOB_MISSING, HF_CHECKPOINT_MISSING, HF_ARCHIVE_IO, or HF_USAGE where the path is taken.
   */
  export(job: string, target: string | Writable, options?: ExportJobOptions): Promise<ExportReport>;

  /**
   * Takes an archive in as the first snapshot of a new job, from a path or a stream. The archive is not trusted.
   *
   * - Resolves when the snapshot is committed; a run of the job resumes from it.
   * - After a failure, or killed, nothing can be chosen, and the same call may be made again.
   * - Rejects with HF_JOB_EXISTS, HF_ARCHIVE_FOREIGN, HF_ARCHIVE_CORRUPT, HF_ARCHIVE_IO or HF_FORMAT_NEWER.
   */
  import(source: string | Readable, job: string, options?: ImportJobOptions): Promise<ImportReport>;
}

export interface DeploymentCatalog {
  /**
   * Makes the catalog say what the repository says of its jobs: of an empty one the same as the one that was lost, but for events and leases, which only
   * a catalog has.
   *
   * - Safe while jobs run, and beside another rebuild. Leases are left alone, and a record that is newer than what the repository tells stays.
   * - Killed at any step, another call finishes; a repeat changes nothing.
   * - What the catalog knows of other storages stays. A job whose name another storage has there, or that cannot be read, is one of `problems`.
   * - Rejects with HF_CATALOG_UNAVAILABLE, and where the storage cannot be read.
   */
  rebuild(options?: RebuildOptions): Promise<RebuildReport>;
}

/** Where a key of the user's comes from: a file, or a program that prints it. */
export type KeyPlace = EncryptionConfig['key'];

/** One storage, one catalog and the engine over them. */
export interface Deployment extends AsyncDisposable {
  readonly storage: DeploymentStorage;
  readonly jobs: DeploymentJobs;
  readonly catalog: DeploymentCatalog;
  /** Checks every requirement of this machine; changes nothing. */
  doctor(options?: CallOptions): Promise<DoctorReport>;
  /** Attaches the storage and opens its repository (made on first use). A repeat is harmless; `run` and `jobs` do it where needed. */
  attach(options?: CallOptions): Promise<void>;
  /**
   * Removes what the configuration's `retention` does not keep, of one job or of all.
   *
   * - Of all at a time only one node sweeps: it holds a lease of the catalog. Where another does, or the catalog does not answer, nothing is done and `skipped`
   *   says why.
   * - `maxBytes` is about all jobs together: of one job alone it removes nothing.
   * - A job that cannot be swept does not stop the others: its `problem` says why.
   */
  prune(request?: SweepRequest, options?: CallOptions): Promise<SweepReport>;
  /**
   * Puts the encrypted repository under another key, which the configuration has to name from then on. Snapshots are not touched, and runs go on.
   *
   * - Killed at any moment the repository opens with one of the two keys; a repeat completes it: `changed` is false where `to` was its key already.
   * - Rejects with HF_KEY_MISSING where the configuration names no key, HF_KEY_WRONG where neither key is the repository's.
   */
  changeKey(to: KeyPlace, options?: CallOptions): Promise<{ readonly changed: boolean }>;
  /**
   * Serves the agent of this node, by the configuration's section `agent`: adopts the containers of the agent before, then answers launchers and clients.
   *
   * - Needs no storage that answers: containers wait for it while they run.
   * - Rejects with HF_AGENT_RUNNING where another agent serves the socket, HF_NOT_ROOT, and where a tool is missing.
   * - To be disposed of before the deployment; that leaves the containers running.
   */
  serveAgent(options?: AgentOptions, callOptions?: CallOptions): Promise<Agent>;
  /** Starts the job, or resumes it where it was. Rejects only where the job could not begin. */
  run(request: RunRequest, options?: RunOptions): Promise<Run>;
}

export interface OpenDeployment {
  readonly drivers: readonly StoragePlugin[];
  readonly catalogs: readonly CatalogPlugin[];
  /** The path of a JSON file, or what it would hold. */
  readonly config: string | Readonly<Record<string, unknown>>;
}

export interface OpenDeploymentOptions extends CallOptions {
  readonly logger?: Logger | undefined;
  /** From `@holdfast/engine/ahead`: the repository's process, started before the engine was loaded; used where the storage is attached first. */
  readonly ahead?: RepositoryAhead | undefined;
}
