import { setTimeout as sleep } from 'node:timers/promises';
import { nowNs } from '../heartbeat/clock.ts';
import { unitsBetween } from '../heartbeat/report.ts';
import { gapSince, readReport, untilReport } from '../heartbeat/watch.ts';
import type { MeasuredJob } from './measured-job.ts';

/** One dump as its job felt it. */
export interface MeasuredDump {
  /** The largest gap of its heartbeat. */
  readonly frozenMs: number;
  /** Of its work, in the second after the gap beside the second before the dump was asked for; undefined where it was not asked to work. */
  readonly slowDownPercent: number | undefined;
}

const secondMs = 1000;
const secondNs = 1_000_000_000n;
/** Between two notes of the job, and a little more. */
const noteMs = 150;

/** `works`: the job works meanwhile. */
export async function measureDump(job: MeasuredJob, works: boolean): Promise<MeasuredDump> {
  if (!works) return { frozenMs: await frozenMs(job), slowDownPercent: undefined };
  await using _work = working(job);
  await sleep(secondMs + noteMs);
  const fromNs = nowNs();
  await job.dump();
  const gap = await gapSince(job.report, fromNs);
  const between = (begin: bigint): Promise<number> =>
    untilReport(job.report, (report) => unitsBetween(report, begin, begin + secondNs), 60_000, 'note what it did');
  const [before, after] = [await between(fromNs - secondNs), await between(gap.endNs)];
  return { frozenMs: Number(gap.lengthNs) / 1e6, slowDownPercent: 100 * (1 - after / before) };
}

async function frozenMs(job: MeasuredJob): Promise<number> {
  const fromNs = nowNs();
  await job.dump();
  return Number((await gapSince(job.report, fromNs)).lengthNs) / 1e6;
}

/** Work begins, and ends when it is disposed of. */
export function working({ pid, report }: MeasuredJob): AsyncDisposable {
  process.kill(pid, 'SIGUSR1');
  return {
    async [Symbol.asyncDispose]() {
      const { length } = (await readReport(report)).work;
      process.kill(pid, 'SIGUSR1');
      // It may be in the middle of a note.
      if (length > 0) await sleep(noteMs);
    },
  };
}
