import { setTimeout as sleep } from 'node:timers/promises';
import { nowNs } from '../heartbeat/clock.ts';
import { unitsBetween } from '../heartbeat/report.ts';
import { untilReport } from '../heartbeat/watch.ts';
import type { DumpWay } from './dump-way.ts';
import type { JobShape } from './job-shape.ts';
import { working } from './measure-dump.ts';
import type { MeasuredJob } from './measured-job.ts';
import { type BenchPlace, startJob } from './start-job.ts';

export interface IntervalOptions {
  readonly ms: number;
  readonly pairs: number;
}

const noteMs = 150;

/**
 * By how many percent a job does less in an interval that begins with a snapshot than in one without, a pair of intervals each; which comes first takes
 * turns. The first snapshot, which is of everything, is not counted.
 */
export async function slowDownsPercent(place: BenchPlace, shape: JobShape, way: DumpWay, { ms, pairs }: IntervalOptions): Promise<readonly number[]> {
  await using job = await startJob(place, shape, way);
  await job.dump();
  await using _work = working(job);
  const slowDowns: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const first = await unitsOfInterval(job, ms, pair % 2 === 0);
    const second = await unitsOfInterval(job, ms, pair % 2 !== 0);
    const [withSnapshot, without] = pair % 2 === 0 ? [first, second] : [second, first];
    slowDowns.push(100 * (1 - withSnapshot / without));
  }
  return slowDowns;
}

/** What outlasts the interval is waited for, and not counted. */
async function unitsOfInterval(job: MeasuredJob, ms: number, withSnapshot: boolean): Promise<number> {
  // The first note must be before the beginning.
  await sleep(noteMs);
  const fromNs = nowNs();
  const [dumped] = await Promise.allSettled([withSnapshot ? job.dump() : undefined, sleep(ms + noteMs)]);
  if (dumped.status === 'rejected') throw dumped.reason;
  const toNs = fromNs + BigInt(ms) * 1_000_000n;
  return await untilReport(job.report, (report) => unitsBetween(report, fromNs, toNs), 60_000, 'note what it did');
}
