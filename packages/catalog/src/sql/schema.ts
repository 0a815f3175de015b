import type { Generated, Kysely } from 'kysely';

/**
 * The tables, the same in every database. Instants of records are ISO text as the records have them; the leases' are the database's own milliseconds.
 * Whole numbers arrive as numbers: a dialect whose client gives 64-bit ones as text is set to parse them.
 */
export interface CatalogTables {
  readonly hf_jobs: {
    job: string;
    repository_id: string;
    command: string;
    working_directory: string;
    status: string;
    labels: string;
    created_at: string;
    updated_at: string;
    exit_code: number | null;
  };
  /** A copy of `hf_jobs.labels`, one row a label, to be searched. */
  readonly hf_job_labels: { job: string; name: string; value: string };
  readonly hf_attempts: {
    job: string;
    attempt: string;
    epoch: number;
    host: string;
    pid: number;
    started_at: string;
    ended_at: string | null;
    resumed_from: number | null;
    outcome: string;
    exit_code: number | null;
  };
  readonly hf_checkpoints: {
    job: string;
    number: number;
    epoch: number;
    attempt: string;
    created_at: string;
    freeze_ms: number;
    logical_bytes: number;
    stored_bytes: number;
  };
  readonly hf_events: { id: Generated<number>; job: string; attempt: string | null; at: string; type: string; detail: string; digest: string | null };
  /** One row for every job that ever had a lease: it stays when the lease is free, so that terms never repeat. `attempt` is null where it is free. */
  readonly hf_leases: {
    job: string;
    term: number;
    attempt: string | null;
    holder: string;
    acquired_at_ms: number;
    expires_at_ms: number;
  };
}

export type CatalogDatabase = Kysely<CatalogTables>;
