import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Gap, type HeartReport, largestGap, parseReport } from './report.ts';

/** Empty where the file is not there. */
export async function readReport(file: string): Promise<HeartReport> {
  return parseReport(await readFile(file, 'utf8').catch(() => ''));
}

/** Waits until the job has filled its memory and its heart beats. */
export async function untilBeating(file: string, deadlineMs = 180_000): Promise<void> {
  await untilReport(file, ({ isBeating }) => isBeating || undefined, deadlineMs, 'fill its memory');
}

/** Rejects where the job noted no gap that ended after `fromNs`. */
export async function gapSince(file: string, fromNs: bigint): Promise<Gap> {
  // More than one beat, so that a gap that just ended is in the file.
  await sleep(20);
  const gap = largestGap(await readReport(file), fromNs);
  if (gap === undefined) throw new Error(`the job noted no gap in ${file}: it was not frozen`);
  return gap;
}

/** Reads the report until `find` finds what it looks for. `what` completes the sentence of the error. */
export async function untilReport<T>(file: string, find: (report: HeartReport) => T | undefined, deadlineMs: number, what: string): Promise<T> {
  for (const until = Date.now() + deadlineMs; Date.now() < until; await sleep(20)) {
    const found = find(await readReport(file));
    if (found !== undefined) return found;
  }
  throw new Error(`the job did not ${what} within ${deadlineMs} ms; its report is ${file}`);
}
