import type { CallOptions, HoldfastError } from '@holdfast/core';
import type { JobStreams } from '../container/keeper.js';
import type { RunEvent } from './events.js';

export type { JobStreams };

/** What to do where no snapshot can be restored: try older ones, start afresh after those, or fail at the first. */
export type RestorePolicy = 'older' | 'fresh' | 'fail';

/**
 * When the memory of a resumed job comes: all of it before it runs; what it touches at once and the rest behind it; or whichever takes less of its time. Where a lazy
 * resume is impossible it is eager, and says why.
 */
export type ResumeMode = 'lazy' | 'eager' | 'auto';

/** Connected TCP sockets: closed in the snapshot (the resumed job sees the end of the connection), or kept (they come back only under the same address). */
export type TcpPolicy = 'close' | 'keep';

/**
 * Where a snapshot's memory is read from: `twin`: copy-on-write copies of the job's processes, so that the job is frozen only while they are made. `staged`: images
 * that CRIU writes while the job is frozen. `auto`: twins wherever they can be.
 */
export type MemorySetting = 'auto' | 'twin' | 'staged';

export interface ForkFrom {
  readonly job: string;
  /** Default: the newest one. */
  readonly number?: number | undefined;
}

export interface RunRequest {
  readonly command: readonly [string, ...string[]];
  /** Default: from the working directory and the command, so that the same line run again is the same job. */
  readonly job?: string | undefined;
  /** Absolute. Tracked. */
  readonly workingDirectory: string;
  /** The job's environment, complete. */
  readonly environment: Readonly<Record<string, string>>;
  /** Further paths that come back with the job. */
  readonly track?: readonly string[] | undefined;
  /** A duration such as `5m`, or milliseconds. Default: the configuration's. */
  readonly interval?: string | number | undefined;
  readonly keep?: number | undefined;
  /** Starts anew although snapshots exist. */
  readonly fresh?: boolean | undefined;
  /** Where the job does not exist yet, it is made from this other job's snapshot and goes on from there; `job` must name it. */
  readonly from?: ForkFrom | undefined;
  /** The files of the job's working directory come to `workingDirectory`, wherever they were; the job sees them at their old path. `job` must name it. */
  readonly here?: boolean | undefined;
  readonly onRestoreFailure?: RestorePolicy | undefined;
  readonly resume?: ResumeMode | undefined;
  readonly tcp?: TcpPolicy | undefined;
  readonly memory?: MemorySetting | undefined;
  /** 64 at most, name and value of 255 characters at most. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The job's standard streams: this process's own (the default), or descriptors of it. They are used directly: not a byte passes through this process. */
  readonly streams?: JobStreams | undefined;
}

export interface SnapshotOutcome {
  readonly number: number;
  readonly freezeMs: number;
  readonly totalMs: number;
  readonly logicalBytes: number;
  readonly storedBytes: number;
}

/** One shape for every end. */
export interface RunResult {
  readonly job: string;
  readonly attempt: string;
  /** `exited`: the job ended by itself. `stopped`: a last snapshot was asked for. `lost`: the container died with Holdfast's own parts, or a newer attempt took the job. */
  readonly outcome: 'exited' | 'stopped' | 'lost';
  /** The job's own status; 128 + n where signal n ended it; undefined where it did not end by itself. */
  readonly exitCode: number | undefined;
  readonly snapshots: number;
  readonly lastSnapshot: number | undefined;
  readonly resumedFrom: number | undefined;
  /** Why a stop could not take its snapshot, or why the run was lost. */
  readonly error: HoldfastError | undefined;
  readonly durationMs: number;
}

export interface RunOptions extends CallOptions {
  /** Hears every event as it happens, those before the job starts too; `Run.events` tells the same ones. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** A running job. Disposing it is `kill` where it still runs. */
export interface Run extends AsyncDisposable {
  readonly job: string;
  readonly attempt: string;
  readonly epoch: number;
  readonly resumedFrom: number | undefined;
  /** All events from the start of the run on, for each caller. */
  events(): AsyncIterable<RunEvent>;
  /** Takes a snapshot now; joins one that is being taken. Rejects where it fails; the job goes on. */
  snapshot(reason?: 'request' | 'rebalance'): Promise<SnapshotOutcome>;
  /**
   * Takes a last snapshot before the machine goes away: the job stays frozen, so that nothing which it does is lost or done twice.
   *
   * - Rejects where the snapshot fails; the job runs on.
   * - Until `release`, a repeat and `snapshot` give that same snapshot, and the interval takes none. `stop` ends the job with it.
   */
  hold(): Promise<SnapshotOutcome>;
  /** A held job runs on; where a newer attempt owns it by now it is ended. Harmless where it is not held. */
  release(): Promise<void>;
  /** Takes a last snapshot and ends the job; where that fails the job gets SIGTERM, then SIGKILL after the grace time. Repeats join. */
  stop(): Promise<RunResult>;
  /** Ends the job at once, without a snapshot. */
  kill(): Promise<RunResult>;
  /** Never rejects for the job's own failure. */
  readonly result: Promise<RunResult>;
}
