import type { RunEvent } from '../run/events.js';
import type { Interruption } from '../spot/interruption.js';
import type { NoticeOutcome } from '../spot/notice-runner.js';
import type { MetricSample } from './types.js';

/** What is true at the time of a reading. */
export interface AgentState {
  readonly protectedJobs: number;
  /** Those of them whose last snapshot failed. */
  readonly failingJobs: number;
  /** Starts of containers that asked for snapshots and got none, since this machine started. */
  readonly unprotectedStarts: number;
}

/** What the agent counts. No label holds a job's or a container's name: there is no end of those. */
export interface AgentMetrics {
  onEvent(event: RunEvent): void;
  onNotice(kind: Interruption['action'] | 'rebalance'): void;
  onNoticeOutcome(outcome: NoticeOutcome): void;
  /** In Prometheus' text format. */
  text(now: AgentState): Promise<string>;
  readonly contentType: string;
  /** The same but for the buckets of histograms. */
  samples(now: AgentState): Promise<readonly MetricSample[]>;
}

const freezeBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const safeBuckets = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

export async function createAgentMetrics(): Promise<AgentMetrics> {
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter<Label>({ name: `holdfast_${name}`, help, labelNames: [...labelNames], registers });
  const snapshots = counter('snapshots_total', 'Snapshots that were committed.', ['reason']);
  const failures = counter('snapshot_failures_total', 'Snapshots that failed, by the code of the error.', ['code']);
  const logicalBytes = counter('snapshot_logical_bytes_total', 'Bytes that committed snapshots hold.');
  const storedBytes = counter('snapshot_stored_bytes_total', 'Bytes that committed snapshots added to the storage.');
  const resumes = counter('resumes_total', 'Jobs that were brought back.');
  const resumeFailures = counter('resume_failures_total', 'Snapshots that could not be brought back, by the code of the error.', ['code']);
  const notices = counter('spot_notices_total', 'Announcements of this machine’s end, and recommendations to leave it.', ['kind']);
  const noticeOutcomes = counter('notice_snapshots_total', 'Last snapshots before the end of this machine.', ['outcome']);
  const freeze = new Histogram({
    name: 'holdfast_freeze_seconds',
    help: 'How long jobs stood still for a snapshot.',
    buckets: freezeBuckets,
    registers,
  });
  const safe = new Histogram({
    name: 'holdfast_snapshot_seconds',
    help: 'From the beginning of a snapshot to its commit.',
    buckets: safeBuckets,
    registers,
  });
  const protectedJobs = new Gauge({ name: 'holdfast_protected_jobs', help: 'Jobs that snapshots are taken of now.', registers });
  const failingJobs = new Gauge({ name: 'holdfast_failing_jobs', help: 'Jobs whose last snapshot failed.', registers });
  const unprotectedStarts = counter('unprotected_starts_total', 'Starts of containers that asked for snapshots and got none.');
  const set = (now: AgentState): void => {
    protectedJobs.set(now.protectedJobs);
    failingJobs.set(now.failingJobs);
    unprotectedStarts.reset();
    unprotectedStarts.inc(now.unprotectedStarts);
  };
  return {
    onEvent: (event) => {
      if (event.type === 'snapshot.committed') {
        snapshots.inc({ reason: event.reason });
        logicalBytes.inc(event.logicalBytes);
        storedBytes.inc(event.storedBytes);
        freeze.observe(event.freezeMs / 1000);
        safe.observe(event.totalMs / 1000);
      } else if (event.type === 'snapshot.failed') failures.inc({ code: event.code });
      else if (event.type === 'job.resumed') resumes.inc();
      else if (event.type === 'restore.failed') resumeFailures.inc({ code: event.code });
    },
    onNotice: (kind) => notices.inc({ kind }),
    onNoticeOutcome: (outcome) => noticeOutcomes.inc({ outcome }),
    text: async (now) => {
      set(now);
      return registry.metrics();
    },
    contentType: registry.contentType,
    samples: async (now) => {
      set(now);
      return (await registry.getMetricsAsJSON()).flatMap(({ name, values }) => values.flatMap((value) => sampleOf(name, value)));
    },
  };
}

interface RegisteredValue {
  readonly metricName?: string;
  readonly value: number;
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
}

function sampleOf(metric: string, { metricName, value, labels }: RegisteredValue): readonly MetricSample[] {
  const name = metricName ?? metric;
  return name.endsWith('_bucket')
    ? []
    : [{ name, labels: Object.fromEntries(Object.entries(labels).map(([label, of]) => [label, String(of)])), value: rounded(value) }];
}

/** Sums of seconds were added up as binary fractions. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toFixed(6));
}
