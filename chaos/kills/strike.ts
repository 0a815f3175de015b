import { setTimeout as delay } from 'node:timers/promises';
import { type HeldRun, killPid, machineGone, type Part, type ProcessLine, readProcess } from '@holdfast/testkit/victims';
import { type Phase, PhaseWatch } from './phase.ts';
import type { PlannedKill, Target } from './plan.ts';

export interface Struck {
  /** What the run was doing in the moment of the kill. */
  readonly phase: Phase;
  readonly target: Target;
  readonly processes: number;
  /** All that Holdfast had started by then. */
  readonly seen: readonly ProcessLine[];
}

export interface StrikeOptions {
  readonly run: HeldRun;
  readonly kill: PlannedKill;
  readonly jobDirectory: string;
  readonly keep: number;
  readonly deadlineMs: number;
}

/** Phases that are over before all processes of the machine have been looked at. */
const short: ReadonlySet<Phase> = new Set(['pre-copy', 'frozen', 'committing', 'pruning', 'finishing']);

/** Waits for the phase and its moment, then kills. Undefined where the run ended, or the phase did not come, before. */
export async function strike({ run, kill, jobDirectory, keep, deadlineMs }: StrikeOptions): Promise<Struck | undefined> {
  const watch = new PhaseWatch(run, jobDirectory, keep);
  const end = performance.now() + deadlineMs;
  if (!(await run.until(() => run.count('snapshot.committed') >= kill.afterSnapshots, deadlineMs))) return undefined;
  const comesAndGoes = ['criu', 'runc', 'twin', 'pager', 'pager-and-keeper', 'spare'].includes(kill.target);
  let known = processesOf(run, kill.target);
  for (let turn = 1; watch.now() !== kill.phase; turn += 1) {
    if (run.end !== undefined || performance.now() >= end) return undefined;
    if (turn % 40 === 0) known = processesOf(run, kill.target);
    await delay(short.has(kill.phase) ? 1 : 4);
  }
  if (kill.delayMs > 0) await waitWithin(watch, kill.delayMs);
  if (comesAndGoes || !short.has(kill.phase)) known = processesOf(run, kill.target);
  const alive = known.filter(({ pid, startTicks }) => readProcess(pid)?.startTicks === startTicks);
  if (run.end !== undefined || alive.length === 0) return undefined;
  const phase = watch.now();
  const seen = (run.view()?.ownPids() ?? []).flatMap((pid) => readProcess(pid) ?? []);
  for (const { pid } of alive) killPid(pid);
  if (kill.target === 'everything') await machineGone(run);
  return { phase, target: kill.target, processes: alive.length, seen };
}

/** The watch must go on looking, else it would not know what the run is doing when the time is over. */
async function waitWithin(watch: PhaseWatch, delayMs: number): Promise<void> {
  for (const end = performance.now() + delayMs; performance.now() < end; ) {
    watch.now();
    await delay(Math.max(0, Math.min(3, end - performance.now())));
  }
}

function processesOf(run: HeldRun, target: Target): readonly ProcessLine[] {
  const view = run.view();
  const pids = view === undefined ? [run.pid] : target === 'everything' ? view.allPids() : partsOf(target).flatMap((part) => view.pidsOf(part));
  return pids.flatMap((pid) => readProcess(pid) ?? []);
}

function partsOf(target: Exclude<Target, 'everything'>): readonly Part[] {
  return target === 'pager-and-keeper' ? ['pager', 'keeper'] : [target];
}
