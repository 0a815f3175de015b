import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { differences, digestOutputs, type HeldLine, HeldRun, machineGone, numberField, runUndisturbed, type Victim } from '@holdfast/testkit/victims';

export const holdfast: readonly [string, ...string[]] = [process.execPath, fileURLToPath(new URL('../../lib/main.js', import.meta.url))];

export interface Survived {
  /** All that it left: work, logs, storage, state. Removed by `forget`, so that a failed test can be looked into. */
  readonly folder: string;
  readonly expected: Readonly<Record<string, string>>;
  readonly found: Readonly<Record<string, string>>;
  readonly status: number | undefined;
  /** Losses that it had to come back from: one after the job had ended is none. */
  readonly interruptions: number;
  /** The machine was lost after the job had ended and that was written down. */
  readonly endedBefore: boolean;
  /** For each resume: the newest snapshot reported before the kill, and the one that it went on from. */
  readonly resumes: readonly { readonly told: number; readonly from: number | undefined }[];
  /** What the job printed, by attempt. */
  readonly printed: readonly string[];
}

/** A folder of its own for one test. Not in /tmp: a job has one of its own, and would not see what lies beside its working directory. */
export async function scratchFolder(name: string): Promise<string> {
  return mkdtemp(`/var/tmp/hf-survival-${name}-`);
}

/** What a container's processes had mounted went with them: nothing is below the folder but files. */
export async function forget(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

export async function makeLine(folder: string, name: string, line: Partial<HeldLine> & Pick<HeldLine, 'command'>): Promise<HeldLine> {
  const [work, logs] = [join(folder, 'work'), join(folder, 'logs')];
  await mkdir(work, { recursive: true });
  await mkdir(logs, { recursive: true });
  return {
    holdfast,
    storage: join(folder, 'storage'),
    stateDirectory: join(folder, 'state'),
    job: name,
    interval: '500ms',
    workingDirectory: work,
    logs,
    ...line,
  };
}

/**
 * Runs a victim with so many losses of its machine, each after a snapshot of the attempt was committed, and once without. Where it ends before it
 * was interrupted so often, it is given more work and tried again.
 */
export async function survive(victim: Victim, interruptions: number, scale: number): Promise<Survived> {
  const survived = await surviveOnce(victim, interruptions, scale);
  if (survived.interruptions === interruptions || survived.status !== 0 || scale >= 4) return survived;
  // With the machine lost after the end, the same line rightly starts anew: its files are not those of one whole run.
  if (!survived.endedBefore && differences(survived.expected, survived.found).length > 0) return survived;
  await forget(survived.folder);
  return survive(victim, interruptions, scale * 2);
}

async function surviveOnce(victim: Victim, interruptions: number, scale: number): Promise<Survived> {
  const folder = await scratchFolder(victim.name);
  const [plain, work] = [join(folder, 'plain'), join(folder, 'work')];
  await mkdir(work, { recursive: true });
  const prepared = await victim.prepare(work, { scale });
  const line = await makeLine(folder, victim.name, { command: prepared.command });
  // Side by side: a second core is there for it.
  const undisturbed = runUndisturbed(victim, plain, { scale, deadlineMs: 120_000 });
  const [expected, survived] = await Promise.all([undisturbed, interrupt(line, interruptions)]);
  return { ...survived, folder, expected: expected.digests, found: await digestOutputs(work, prepared.outputs) };
}

async function interrupt(line: HeldLine, interruptions: number): Promise<Omit<Survived, 'folder' | 'expected' | 'found'>> {
  const resumes: { told: number; from: number | undefined }[] = [];
  const printed: string[] = [];
  let told = 0;
  let ended = false;
  for (let number = 0; ; number += 1) {
    const run = new HeldRun(line, number);
    printed.push(run.printed);
    const kills = number < interruptions;
    const happened = await run.until(() => kills && run.has('snapshot.committed'), 90_000);
    if (ended && !run.has('job.resumed')) {
      await machineGone(run);
      return { status: 0, interruptions: number - 1, endedBefore: true, resumes, printed };
    }
    if (number > 0) resumes.push({ told, from: numberField(run.last('job.resumed') ?? { type: '' }, 'snapshot') });
    if (happened) {
      await delay(Math.random() * 300);
      told = run.toldSnapshot();
    }
    if (happened && run.end === undefined) {
      await machineGone(run);
      ended = run.has('job.exited');
      told = Math.max(told, run.toldSnapshot());
      continue;
    }
    if (run.end === undefined) await machineGone(run);
    else run.close();
    return { status: run.end?.status, interruptions: number, endedBefore: false, resumes, printed };
  }
}

/** The error that a line ended with. */
export function errorOf(run: HeldRun): { readonly code?: string; readonly message?: string; readonly hint?: string } {
  const error = run.last('error')?.['error'];
  return typeof error === 'object' && error !== null ? error : {};
}
