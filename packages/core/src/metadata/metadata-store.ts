import type { CallOptions } from '../storage/storage-driver.js';

export type JobStatus = 'running' | 'interrupted' | 'succeeded' | 'failed';

/** Everything in the catalog can be rebuilt from the repository; times are in UTC as `Date.prototype.toISOString` writes them. */
export interface JobRecord {
  readonly job: string;
  readonly repositoryId: string;
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly status: JobStatus;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly exitCode: number | undefined;
}

export interface AttemptRecord {
  readonly job: string;
  readonly attempt: string;
  readonly epoch: number;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly endedAt: string | undefined;
  /** The snapshot that it resumed from. */
  readonly resumedFrom: number | undefined;
  readonly outcome: 'running' | 'exited' | 'interrupted' | 'lost' | 'failed';
  readonly exitCode: number | undefined;
}

export interface CheckpointRecord {
  readonly job: string;
  readonly number: number;
  readonly epoch: number;
  readonly attempt: string;
  readonly createdAt: string;
  readonly freezeMs: number;
  readonly logicalBytes: number;
  readonly storedBytes: number;
}

export interface EventRecord {
  readonly job: string;
  readonly attempt: string | undefined;
  readonly at: string;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Who holds a lease. `bootId`, `pid` and `startTicks` let the same host see that a holder is dead. */
export interface LeaseHolder {
  readonly attempt: string;
  readonly host: string;
  readonly bootId: string;
  readonly pid: number;
  readonly startTicks: number;
}

export interface Lease {
  readonly job: string;
  readonly holder: LeaseHolder;
  /** Grows with each acquisition of this job's lease and never repeats. */
  readonly term: number;
  readonly acquiredAt: string;
  readonly expiresAt: string;
}

export type LeaseOutcome = { readonly acquired: true; readonly lease: Lease } | { readonly acquired: false; readonly current: Lease };

export interface JobQuery {
  readonly status?: JobStatus;
  /** Jobs whose snapshots are in this repository. */
  readonly repositoryId?: string;
  /** Of the name, exactly: case counts, and no letter stands for others. */
  readonly prefix?: string;
  readonly label?: { readonly name: string; readonly value: string };
  /** Jobs updated later than this instant; not those of the instant itself. */
  readonly updatedAfter?: string;
  /** From 1 to 1000; 100 where absent. */
  readonly limit?: number;
  /** From the page before. */
  readonly cursor?: string;
}

/** A part of a list that grows without bound. */
export interface RecordQuery {
  /** From 1 to 1000; 100 where absent. */
  readonly limit?: number;
  /** From the page before, of the same list. */
  readonly cursor?: string;
}

/** How much the catalog knows of. */
export interface CatalogTotals {
  readonly jobs: Readonly<Record<JobStatus, number>>;
  readonly snapshots: number;
  /** What these snapshots added to the repository when they were committed. Above 2^53 the nearest double. */
  readonly storedBytes: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | undefined;
}

/** What a server's settings endanger. */
export interface CatalogFinding {
  /** As a sentence about the catalog. */
  readonly detail: string;
  readonly remedy: string;
}

/**
 * The index of what the repository holds, and the service of leases. An outage of it never stops a job:
 * callers treat kind `unavailable` as "go on without".
 *
 * - Connections to one database, in any number of processes, see each other's writes once those resolved.
 * - A time in another form, a limit or time to live out of range, or a broken cursor is refused with kind `invalid-argument`, and nothing is written.
 *   So is a record, lease or holder with a member that would not come back as it is: of another type, a text with a NUL or, but for a working directory, of
 *   more than 255 characters, a number that is not whole or above 2^53 - 1, more than 1000 labels. A time to live is 2^31 - 1 ms at most.
 * - An aborted call rejects with kind `aborted` and writes nothing. After disposal every call rejects with kind `unavailable`; disposing again is harmless.
 * - Rejects with HF_CATALOG_CORRUPT where what is read is not what was written.
 */
export interface MetadataStore extends AsyncDisposable {
  /** The implementation: `sqlite`, `mysql`. */
  readonly type: string;

  /**
   * Takes the lease where it is free or expired by the *store's* clock.
   *
   * - Of callers at the same time exactly one gets it.
   * - Held by another attempt: `acquired: false` with the holder, not an error.
   * - The same attempt again, also after expiry where nobody took it: renews, and keeps term and `acquiredAt`.
   * - Each other acquisition gets a higher term, also after a release.
   */
  acquireLease(job: string, holder: LeaseHolder, ttlMs: number, options?: CallOptions): Promise<LeaseOutcome>;

  /**
   * Prolongs to `ttlMs` from now by the store's clock.
   *
   * - An expired lease that nobody took is renewed.
   * - Rejects with HF_LEASE_LOST where another term was given meanwhile, and where it was released or broken.
   */
  renewLease(lease: Lease, ttlMs: number, options?: CallOptions): Promise<Lease>;

  /** Frees it. A lease that is no longer held is left alone; a repeat is harmless. */
  releaseLease(lease: Lease, options?: CallOptions): Promise<void>;

  /** Frees the lease of a holder that the caller knows to be dead; only if that very term still holds. Tells whether it did. */
  breakLease(lease: Lease, options?: CallOptions): Promise<boolean>;

  /** Who holds it now; undefined where it is free, expired or was never taken. */
  currentLease(job: string, options?: CallOptions): Promise<Lease | undefined>;

  /** Inserts or replaces by `job`, labels included. `createdAt` of an existing record stays. */
  putJob(record: JobRecord, options?: CallOptions): Promise<void>;
  getJob(job: string, options?: CallOptions): Promise<JobRecord | undefined>;
  /** Ordered by `updatedAt` descending, then by name; a cursor never skips or repeats a record that did not change. */
  listJobs(query?: JobQuery, options?: CallOptions): Promise<Page<JobRecord>>;

  /** Removes a job with its attempts, checkpoints and events. Absence is success. Its lease, and the terms that it had, stay. */
  removeJob(job: string, options?: CallOptions): Promise<void>;

  /** Inserts or replaces by `job` and `attempt`. */
  putAttempt(record: AttemptRecord, options?: CallOptions): Promise<void>;
  /** Newest first: by epoch, then by start. */
  listAttempts(job: string, options?: CallOptions): Promise<readonly AttemptRecord[]>;

  /** Inserts or replaces by `job` and `number`. */
  putCheckpoint(record: CheckpointRecord, options?: CallOptions): Promise<void>;
  /** Newest first: by number. A cursor never skips or repeats a record, whichever came or went meanwhile. */
  listCheckpoints(job: string, query?: RecordQuery, options?: CallOptions): Promise<Page<CheckpointRecord>>;
  /** Absent numbers are ignored. */
  removeCheckpoints(job: string, numbers: readonly number[], options?: CallOptions): Promise<void>;

  /** An event that is there already, equal in all its parts, is not appended again: who got no answer may repeat the call, however late. */
  appendEvent(record: EventRecord, options?: CallOptions): Promise<void>;
  /** Newest first, those of one instant in reverse order of appending. A cursor never skips or repeats a record, whichever came meanwhile. */
  listEvents(job: string, query?: RecordQuery, options?: CallOptions): Promise<Page<EventRecord>>;

  /** Counts the jobs, their snapshots and bytes; of one repository where it is named. Snapshots of a job without a record do not count. */
  totals(query?: { readonly repositoryId?: string }, options?: CallOptions): Promise<CatalogTotals>;

  /** Which settings of the server lose what is written: an empty list where none does, or the server does not tell. */
  findings(options?: CallOptions): Promise<readonly CatalogFinding[]>;
}

/** What a catalog package exports; the counterpart of StoragePlugin. */
export interface CatalogPlugin {
  readonly type: string;
  /** One machine's own: what it does not know, another machine's may. */
  readonly isOfOneMachine?: boolean | undefined;
  /** Schemes of a catalog's URL that select it, without the colon. */
  readonly urlSchemes: readonly string[];
  /** JSON Schema of the `catalog` section of the configuration file. */
  readonly configSchema: Readonly<Record<string, unknown>>;
  /** Turns a URL into that section. Throws HF_CONFIG. */
  configFromUrl(url: string): unknown;
  /**
   * Parses the section and opens the store, migrating its schema if needed; safe when two processes do so at once.
   *
   * - Rejects with HF_CONFIG, HF_CATALOG_UNAVAILABLE, HF_CATALOG_CORRUPT, or HF_FORMAT_NEWER where a newer version made the schema.
   */
  open(config: unknown, options?: CallOptions): Promise<MetadataStore>;
}
