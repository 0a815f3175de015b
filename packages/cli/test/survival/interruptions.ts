import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HeldLine, type HeldRun, interruptRun, type Survived, survive, type Victim } from '@holdfast/testkit/victims';

export const holdfast: readonly [string, ...string[]] = [process.execPath, fileURLToPath(new URL('../../lib/main.js', import.meta.url))];

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

/** Runs a victim with so many losses of its machine, each after a snapshot of the attempt was committed, and once without. */
export function surviveRuns(victim: Victim, interruptions: number, scale: number): Promise<Survived> {
  return survive(victim, {
    interruptions,
    scale,
    mostScale: 4,
    deadlineMs: 120_000,
    interrupt: async ({ command }, folder) =>
      interruptRun(await makeLine(folder, victim.name, { command }), { interruptions, withinMs: 300, attemptMs: 90_000 }),
  });
}

/** The error that a line ended with. */
export function errorOf(run: HeldRun): { readonly code?: string; readonly message?: string; readonly hint?: string } {
  const error = run.last('error')?.['error'];
  return typeof error === 'object' && error !== null ? error : {};
}
