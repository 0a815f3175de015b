import type { AgentConfig, Clock, Logger } from '@holdfast/core';
import type { ProtectedJob } from '../agent/types.js';
import type { RunEvent } from '../run/events.js';
import { createInstanceMetadata } from './instance-metadata.js';
import type { Interruption } from './interruption.js';
import { looksLikeEc2 } from './looks-like-ec2.js';
import type { NoticeJob } from './notice-job.js';
import { type NoticeOutcome, NoticeRunner } from './notice-runner.js';
import { PersistRate } from './persist-rate.js';
import { watchSpot } from './watch-spot.js';

export interface AttendNoticesOptions {
  /** Those that are protected now. */
  readonly jobs: () => readonly ProtectedJob[];
  readonly spot: AgentConfig['spot'];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onNotice?: (kind: Interruption['action'] | 'rebalance') => void;
  readonly onOutcome?: (outcome: NoticeOutcome) => void;
}

/** Looks out for the end of this machine, and brings every job to safety before it. Disposing of it ends the watch; held jobs stay held. */
export interface NoticeAttendance extends AsyncDisposable {
  /** To be told every event of every job's run: how fast snapshots come to be safe is measured by them. */
  onEvent(event: RunEvent): void;
}

export function attendNotices({ jobs, spot, clock, logger, onNotice, onOutcome }: AttendNoticesOptions): NoticeAttendance {
  const over = new AbortController();
  const rate = new PersistRate();
  const runner = new NoticeRunner({
    jobs: () => jobs().map(noticeJob),
    bytesPerSecond: () => rate.bytesPerSecond,
    clock,
    logger,
    signal: over.signal,
    ...(onOutcome === undefined ? {} : { onOutcome }),
  });
  const watch = (mode: 'auto' | 'on'): Promise<unknown> =>
    watchSpot({
      metadata: createInstanceMetadata({ endpoint: spot.endpoint, clock }),
      mode,
      intervalMs: spot.intervalMs,
      isEc2: looksLikeEc2,
      monotonicMs: () => clock.monotonicMs(),
      logger,
      signal: over.signal,
      onInterruption: (interruption) => {
        logger.warn(
          { action: interruption.action, at: interruption.at.toISOString(), jobs: jobs().length },
          'this machine is about to be interrupted',
        );
        onNotice?.(interruption.action);
        void runner.interruption(interruption);
      },
      onRebalance: ({ noticedAt }) => {
        logger.info({ noticedAt: noticedAt.toISOString(), jobs: jobs().length }, 'this machine may be interrupted soon: every job gets a snapshot');
        onNotice?.('rebalance');
        void runner.rebalance();
      },
    });
  const watching = spot.watch === 'off' ? Promise.resolve() : watch(spot.watch);
  return {
    onEvent: (event) => {
      if (event.type === 'snapshot.committed') rate.note(event.logicalBytes, event.totalMs);
    },
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await watching;
    },
  };
}

function noticeJob(protectedJob: ProtectedJob): NoticeJob {
  const { job, since, lastSnapshotAt, run } = protectedJob;
  return {
    job,
    lastCommittedAt: new Date(lastSnapshotAt ?? since),
    expectedBytes: () => protectedJob.memoryBytes(),
    snapshot: (how) => (how === 'hold' ? run.hold() : run.snapshot('rebalance')),
    release: () => run.release(),
  };
}
