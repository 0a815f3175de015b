import { setTimeout as delay } from 'node:timers/promises';
import { type ConfiguredLine, type HeldLine, HeldRun } from './held-run.js';
import { machineGone } from './machine-gone.js';
import { numberField, type ReportedEvent } from './reported-event.js';

export interface InterruptedRun {
  readonly status: number | undefined;
  /** Losses that it had to come back from: one after the job had ended is none. */
  readonly interruptions: number;
  /** The machine was lost after the job had ended and that was written down. */
  readonly endedBefore: boolean;
  /** For each resume: the newest snapshot reported before the kill, and the one that it went on from. */
  readonly resumes: readonly { readonly told: number; readonly from: number | undefined }[];
  /** The files that hold what the job printed, by attempt. */
  readonly printed: readonly string[];
  /** Of all attempts. */
  readonly events: readonly ReportedEvent[];
}

export interface InterruptOptions {
  readonly interruptions: number;
  /** A loss comes so much later than the first snapshot of the attempt at most; the moment is random. */
  readonly withinMs: number;
  /** How long an attempt may take to its first snapshot, and the last one to its end. */
  readonly attemptMs: number;
}

/** Runs a line, and loses its machine after a snapshot of each attempt; then the line is given again. The last attempt is left to end by itself. */
export async function interruptRun(line: HeldLine | ConfiguredLine, options: InterruptOptions): Promise<InterruptedRun> {
  const { interruptions, withinMs, attemptMs } = options;
  const resumes: { told: number; from: number | undefined }[] = [];
  const printed: string[] = [];
  const events: ReportedEvent[] = [];
  let told = 0;
  let ended = false;
  for (let number = 0; ; number += 1) {
    const run = new HeldRun(line, number);
    printed.push(run.printed);
    const kills = number < interruptions;
    const happened = await run.until(() => kills && run.has('snapshot.committed'), attemptMs);
    if (ended && !run.has('job.resumed')) {
      await machineGone(run);
      return { status: 0, interruptions: number - 1, endedBefore: true, resumes, printed, events };
    }
    if (number > 0) resumes.push({ told, from: numberField(run.last('job.resumed') ?? { type: '' }, 'snapshot') });
    if (happened) {
      await delay(Math.random() * withinMs);
      told = run.toldSnapshot();
    }
    const isLost = happened && run.end === undefined;
    if (run.end === undefined) await machineGone(run);
    else run.close();
    events.push(...run.events);
    if (isLost) {
      ended = run.has('job.exited');
      told = Math.max(told, run.toldSnapshot());
      continue;
    }
    return { status: run.end?.status, interruptions: number, endedBefore: false, resumes, printed, events };
  }
}
