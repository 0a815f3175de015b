import type { ErrorCode, SnapshotSource } from '@holdfast/core';
import type { MemoryAccount } from './memory-account.js';

/** What happens in a run, in order. Every event carries `at` (ISO 8601, UTC) and the job's name. */
export type RunEvent = RunEventBody & { readonly at: string; readonly job: string; readonly attempt: string };

export type RunEventBody =
  | { readonly type: 'attempt.started'; readonly epoch: number; readonly resuming: number | undefined }
  /** What a dead attempt on this machine had left was ended and removed. */
  | { readonly type: 'leftovers.ended'; readonly deadAttempt: string }
  | { readonly type: 'job.started'; readonly pid: number }
  | {
      readonly type: 'job.resumed';
      readonly pid: number;
      readonly snapshot: number;
      /** Where the job was forked and this is what it was made of: what it is there. */
      readonly forkedFrom?: SnapshotSource | undefined;
      readonly restoreMs: number;
      readonly restoredFiles: number;
      readonly restoredBytes: number;
      /** Of a lazy resume: bytes of memory that are still to come. */
      readonly missingBytes?: number | undefined;
    }
  /** The snapshot is being brought back: its memory rebuilt and verified, then its files. */
  | {
      readonly type: 'restore.started';
      readonly snapshot: number;
      readonly forkedFrom?: SnapshotSource | undefined;
      readonly takenAt: string;
      readonly logicalBytes: number;
    }
  /** A resume that was asked to be lazy brings all memory first. */
  | { readonly type: 'resume.eager'; readonly snapshot: number; readonly reason: string }
  /** The job runs, and the rest of its memory comes; told once a second where it takes longer than two. */
  | { readonly type: 'resume.pages'; readonly bytes: number; readonly totalBytes: number; readonly bytesPerSecond: number }
  /** Of a lazy resume: all memory is there. */
  | { readonly type: 'resume.whole'; readonly bytes: number; readonly durationMs: number }
  /** A snapshot waits until all memory is there. */
  | { readonly type: 'snapshot.waits'; readonly reason: SnapshotReason; readonly missingBytes: number }
  /** Told once a second where it takes longer than two. */
  | {
      readonly type: 'restore.progress';
      readonly snapshot: number;
      /** Of memory, then of memory and of the files that are not there already: brought back so far, in all, and per second. */
      readonly bytes: number;
      readonly totalBytes: number;
      readonly bytesPerSecond: number;
    }
  /** Tracked files that had changed since the snapshot, or were not in it, were moved here. */
  | { readonly type: 'files.moved'; readonly folder: string; readonly count: number }
  /** The job's standard output since the snapshot may come a second time. */
  | { readonly type: 'output.repeats'; readonly snapshot: number; readonly forkedFrom?: SnapshotSource | undefined; readonly sinceSnapshotAt: string }
  | {
      readonly type: 'restore.failed';
      readonly snapshot: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly next: 'older' | 'fresh' | 'fail';
    }
  /** The job does something that keeps its snapshots from being taken; told once a kind. */
  | { readonly type: 'job.obstacle'; readonly message: string; readonly hint: string }
  | { readonly type: 'snapshot.started'; readonly reason: SnapshotReason }
  /** The job runs again and its memory is being stored; told once a second where it takes longer than two. */
  | {
      readonly type: 'snapshot.progress';
      /** Of the job's memory: looked at so far, in all, and per second. */
      readonly bytes: number;
      readonly totalBytes: number;
      readonly bytesPerSecond: number;
    }
  | ({
      readonly type: 'snapshot.committed';
      readonly number: number;
      readonly reason: SnapshotReason;
      /** As its manifest says. */
      readonly createdAt: string;
      /** Time from the freeze to the thaw. */
      readonly freezeMs: number;
      /** Time from the start to the commit. */
      readonly totalMs: number;
      readonly logicalBytes: number;
      readonly storedBytes: number;
    } & MemoryAccount)
  /** Twins were made, or were to be, and could not be read to the end: the snapshot is taken again, by a plain dump. */
  | { readonly type: 'snapshot.without-twin'; readonly reason: string; readonly message: string }
  | {
      readonly type: 'snapshot.failed';
      /** The job goes on, but for a failed `stop`: that ends it. */
      readonly reason: SnapshotReason;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
    }
  /** The snapshot before outlasted the interval; this one starts late. */
  | { readonly type: 'snapshot.delayed'; readonly lateMs: number }
  | { readonly type: 'snapshots.pruned'; readonly numbers: readonly number[]; readonly freedBytes: number }
  | { readonly type: 'catalog.unavailable'; readonly message: string }
  | { readonly type: 'catalog.recovered' }
  /** A newer attempt owns the job: this one ends it. */
  | { readonly type: 'attempt.fenced'; readonly message: string }
  | { readonly type: 'warning'; readonly code: ErrorCode; readonly message: string; readonly hint: string | undefined }
  | {
      readonly type: 'job.exited';
      readonly exitCode: number | undefined;
      readonly signal: number | undefined;
      /** False where it was killed from outside, or a newer attempt owns it: the same line then resumes it. */
      readonly byItself: boolean;
    }
  /** The machine did not go away: the job, frozen since its last snapshot, runs on. */
  | { readonly type: 'job.released' }
  | { readonly type: 'job.stopped'; readonly snapshot: number | undefined };

/** `rebalance`: the machine may be interrupted soon. `notice`: it is about to go away, and the job stays frozen. */
export type SnapshotReason = 'interval' | 'request' | 'rebalance' | 'notice' | 'stop';
