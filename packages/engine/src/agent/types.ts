import type { CallOptions, ErrorCode } from '@holdfast/core';
import type { MetricSample } from '../metrics/types.js';
import type { RunEvent } from '../run/events.js';
import type { MemoryFrom } from '../run/memory-account.js';
import type { Run, RunResult, SnapshotOutcome } from '../run/types.js';

/** What goes beyond the configuration's section `agent`; each has a default. */
export interface AgentOptions {
  /** Hears every event of every container's run, those before the job starts too. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** What its status tells of numbers, by what else it tells. */
  readonly counted?: ((status: AgentStatus) => Promise<readonly MetricSample[]>) | undefined;
}

/** A container that the agent takes snapshots of. */
export interface ProtectedJob {
  readonly job: string;
  readonly containerId: string;
  readonly containerName: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** When the newest snapshot of this run was committed, or the one that it was resumed from was taken; undefined before the first. */
  readonly lastSnapshotAt: string | undefined;
  readonly run: Run;
  /** Memory that a snapshot would hold now, about. */
  memoryBytes(): Promise<number>;
}

export interface ContainerStatus {
  readonly containerId: string;
  readonly containerName: string;
  readonly job: string;
  /** `starting`: not running yet. `waiting`: runs and becomes protected once the storage answers. */
  readonly state: 'starting' | 'waiting' | 'protected' | 'unprotected';
  /** Why it is not protected. */
  readonly reason: string | undefined;
  readonly since: string;
  readonly epoch: number | undefined;
  readonly resumedFrom: number | undefined;
  readonly lastSnapshotAt: string | undefined;
  /** Where the newest snapshot of this run has its memory from; undefined before the first. */
  readonly memoryFrom: MemoryFrom | undefined;
  /** Why it did not come from a twin. */
  readonly twinRefused: string | undefined;
  readonly snapshots: number;
  /** Snapshots that failed since the last one that was committed; 0 where all is well. */
  readonly failuresInRow: number;
  /** The last of those; undefined where there are none. */
  readonly lastFailure: SnapshotFailure | undefined;
}

/** Why a snapshot was not committed; the job went on. */
export interface SnapshotFailure {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

export interface AgentStatus {
  readonly pid: number;
  readonly startedAt: string;
  readonly containers: readonly ContainerStatus[];
  /** Containers that asked for snapshots and started without, as far as launchers and this agent noted them: by reason. */
  readonly unprotected: readonly { readonly reason: string; readonly count: number }[];
  /** What was counted since this agent started. */
  readonly counted?: readonly MetricSample[] | undefined;
}

/** The node's agent, serving. Disposing of it leaves every container running; the next agent adopts them. */
export interface Agent extends AsyncDisposable {
  readonly socket: string;
  /** Those that run now. */
  protectedJobs(): readonly ProtectedJob[];
  status(): Promise<AgentStatus>;
}

/** Calls the agent of this node. Each call rejects with HF_AGENT_UNAVAILABLE where nobody serves the socket. */
export interface AgentClient {
  status(options?: CallOptions): Promise<AgentStatus>;
  /** Rejects with HF_JOB_NOT_RUNNING where the agent protects no container of this job; the job goes on where it fails. */
  snapshot(job: string, options?: CallOptions): Promise<SnapshotOutcome>;
  /** Takes a last snapshot and ends the job's container: a later container of the same job resumes it. Rejects as `snapshot` does. */
  stop(job: string, options?: CallOptions): Promise<StoppedJob>;
}

export type StoppedJob = Pick<RunResult, 'job' | 'outcome' | 'lastSnapshot'>;
