import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { differences, digestOutputs } from '../outputs.js';
import { runUndisturbed } from '../undisturbed.js';
import type { PreparedVictim, Victim } from '../victim.js';
import type { InterruptedRun } from './interrupt-run.js';

export interface Survived extends InterruptedRun {
  /** All that it left: work, logs, storage, state. It stays until somebody removes it, so that a failure can be looked into. */
  readonly folder: string;
  readonly expected: Readonly<Record<string, string>>;
  readonly found: Readonly<Record<string, string>>;
}

export interface SurviveOptions {
  readonly interruptions: number;
  readonly scale: number;
  /** The most that `scale` is raised to where the program ended before it was interrupted often enough. */
  readonly mostScale: number;
  /** For the run without interruption. */
  readonly deadlineMs: number;
  /** Runs the prepared program in `FOLDER/work` and interrupts it. */
  readonly interrupt: (prepared: PreparedVictim, folder: string) => Promise<InterruptedRun>;
}

/**
 * Runs a victim with losses of its machine, and once without. Where it ends before it was interrupted so often, it is given more work and tried again.
 */
export async function survive(victim: Victim, options: SurviveOptions): Promise<Survived> {
  const survived = await surviveOnce(victim, options);
  const isThrough = survived.interruptions === options.interruptions || survived.status !== 0 || options.scale * 2 > options.mostScale;
  const cannotBeTaken = survived.events.some(({ type }) => type === 'snapshot.failed') && survived.interruptions === 0;
  if (isThrough || cannotBeTaken) return survived;
  // With the machine lost after the end, the same line rightly starts anew: its files are not those of one whole run.
  if (!survived.endedBefore && differences(survived.expected, survived.found).length > 0) return survived;
  await rm(survived.folder, { recursive: true, force: true });
  return survive(victim, { ...options, scale: options.scale * 2 });
}

async function surviveOnce(victim: Victim, { scale, deadlineMs, interrupt }: SurviveOptions): Promise<Survived> {
  // Not in /tmp: a job has one of its own, and would not see what lies beside its working directory.
  const folder = await mkdtemp(`/var/tmp/hf-survival-${victim.name}-`);
  const [plain, work] = [join(folder, 'plain'), join(folder, 'work')];
  await mkdir(work, { recursive: true });
  const prepared = await victim.prepare(work, { scale });
  // Side by side: a second core is there for it.
  const undisturbed = runUndisturbed(victim, plain, { scale, deadlineMs });
  undisturbed.catch(() => undefined);
  const survived = await interrupt(prepared, folder);
  const expected = await undisturbed;
  return { ...survived, folder, expected: expected.digests, found: await digestOutputs(work, prepared.outputs) };
}
