import type { PageRun } from '@holdfast/core';

/** The control group whose `freezer.state` (v1) or `cgroup.freeze` (v2) stops and continues the job. */
export interface Freezer {
  readonly kind: 'v1' | 'v2';
  readonly directory: string;
}

/** A process of the job and its copy, which stands still; both as this machine numbers them. The copy's memory is `/proc/TWINPID/mem`. */
export interface Twin {
  readonly pid: number;
  readonly twinPid: number;
}

export interface ForkRequest {
  readonly freezer: Freezer;
  /** The processes that get a twin. Those that have ended and wait to be reaped are left out: they have no memory. */
  readonly pids: readonly number[];
  /** Processes of the job that orphans come to (PR_SET_CHILD_SUBREAPER): twins must not become theirs. As far as the caller knows. */
  readonly subreapers?: readonly number[];
  /** Control groups that the twins are moved to, so that the job's freezer and limits do not see them; made and removed by the caller. */
  readonly twinGroupDirectories: readonly string[];
  /** For the whole of it; undoing and freezing again may take two seconds more. */
  readonly deadlineMs: number;
}

export interface DropRequest {
  readonly freezer: Freezer;
  /** Whether the job stands frozen. It does afterwards, too, or runs, as before. */
  readonly frozen: boolean;
  readonly deadlineMs: number;
}

export interface SweepRequest {
  readonly freezer: Freezer;
  readonly deadlineMs: number;
}

/**
 * Makes twins of one job, one set at a time, and keeps them. However the helper ends, no twin is left, the job is let go of, and none of its
 * bytes, registers or signals is changed by it.
 */
export interface TwinHelper extends AsyncDisposable {
  /**
   * Forks a twin of each process. The processes stand frozen, and are frozen again when this resolves or rejects; in between they can run
   * nothing of their own. A twin has no descriptor open and begins with the name `holdfast-twin`.
   * Rejects with HF_TWIN_REFUSED and no twin made; `context.reason` is the `TwinRefusal`. After a rejection the helper may be gone.
   */
  fork(request: ForkRequest): Promise<readonly Twin[]>;
  /**
   * Pages of `runs` whose frame in the process is not the one in its twin: changed since the fork, or swapped out, unmapped, new. A page that is not
   * among them was not changed before this was called. Exact while the job stands frozen. Rejects with HF_TWIN_REFUSED where one of the two is gone.
   */
  changedPages(pid: number, runs: readonly PageRun[]): Promise<readonly PageRun[]>;
  /**
   * Ends the twins and reaps what is left of them in the job. Rejects with HF_TWIN_REFUSED where that did not come about in time: the twins are dead
   * all the same, or the helper is gone and they with it. Nothing happens where there is none.
   */
  drop(request: DropRequest): Promise<void>;
  /**
   * Undoes what another helper left in the job that was killed: a thread that is still on its way back out of our code, which no dump may show, and ended twins
   * that nobody reaped. To be called, while the job runs, before the first freeze after a helper ended by itself, and by who takes over a running
   * job; most often there is nothing, and nothing is touched.
   */
  sweep(request: SweepRequest): Promise<void>;
  /** Resolves when the helper is gone, however: then no twin lives. Never rejects. Its end by `Symbol.asyncDispose` drops the twins of a job that runs. */
  readonly gone: Promise<void>;
}
