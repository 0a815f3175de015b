import { mkdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import {
  differences,
  digestOutputs,
  type End,
  type HeldLine,
  HeldRun,
  machineGone,
  memoryNotes,
  numberField,
  type ProcessLine,
  textField,
  type Victim,
} from '@holdfast/testkit/victims';
import type { Phase } from './phase.ts';
import type { PlannedKill } from './plan.ts';
import { type Struck, strike } from './strike.ts';
import { processesLeft, staysFrozen, tracesOf } from './traces.ts';

export interface RoundOptions {
  readonly victim: Victim;
  readonly scale: number;
  readonly folder: string;
  readonly holdfast: readonly [string, ...string[]];
  readonly interval: string;
  /** Further options of the line. */
  readonly more: readonly string[];
  /** An attempt that is not ended by a kill may last so long. */
  readonly longestMs: number;
  readonly expected: Readonly<Record<string, string>>;
  /** The next kill, or undefined for none any more. */
  readonly next: (canResume: boolean) => PlannedKill | undefined;
  readonly onKill: (struck: Struck, wanted: Phase, told: number) => void;
}

export interface RoundResult {
  readonly kills: readonly PlannedKill[];
  readonly attempts: number;
  /** How often memory came from where, and why from nowhere better. */
  readonly memory: ReadonlyMap<string, number>;
  /** Sentences; none where all was as it must be. */
  readonly problems: readonly string[];
}

const keep = 2;
const mostAttempts = 14;

/** Runs a victim under Holdfast and kills parts of it until the plan is used up, then lets it end and compares its output. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const round = new Round(options);
  await round.play();
  return { kills: round.kills, attempts: round.attempts, memory: round.memory, problems: round.problems };
}

class Round {
  readonly kills: PlannedKill[] = [];
  readonly problems: string[] = [];
  readonly memory = new Map<string, number>();
  attempts = 0;
  readonly #options: RoundOptions;
  readonly #dead: string[] = [];
  readonly #seen: ProcessLine[] = [];
  /** The newest snapshot that was ever reported, and must not be lost. */
  #told = 0;

  constructor(options: RoundOptions) {
    this.#options = options;
  }

  async play(): Promise<void> {
    const { victim, folder, scale, holdfast, interval, expected } = this.#options;
    const [work, logs] = [join(folder, 'work'), join(folder, 'logs')];
    await mkdir(work, { recursive: true });
    await mkdir(logs, { recursive: true });
    const { command, outputs } = await victim.prepare(work, { scale });
    const [storage, stateDirectory, job] = [join(folder, 'storage'), join(folder, 'state'), victim.name];
    const more = ['--keep', String(keep), ...this.#options.more];
    const line: HeldLine = { holdfast, storage, stateDirectory, job, interval, more, workingDirectory: work, command, logs };
    while (this.problems.length === 0) {
      if (this.attempts >= mostAttempts) this.problems.push(`it has not ended after ${mostAttempts} attempts`);
      else if (await this.#attempt(line)) break;
    }
    if (this.problems.length > 0) return;
    this.problems.push(...differences(expected, await digestOutputs(work, outputs)), ...(await processesLeft(this.#dead, this.#seen)));
    this.problems.push(...tracesOf(this.#dead, stateDirectory, folder));
  }

  /** True where the job has ended well. */
  async #attempt(line: HeldLine): Promise<boolean> {
    const run = new HeldRun(line, this.attempts);
    this.attempts += 1;
    const struck: Struck[] = [];
    // A part of the run may be killed while the rest goes on: then this attempt is killed again.
    for (let kill = this.#next(); kill !== undefined && run.end === undefined; kill = this.#next()) {
      const hit = await strike({ run, kill, jobDirectory: join(line.storage, 'jobs', line.job), keep, deadlineMs: 60_000 });
      if (hit === undefined) break;
      struck.push(hit);
      this.#seen.push(...hit.seen);
      this.kills.push(kill);
      this.#options.onKill(hit, kill.phase, Math.max(this.#told, run.toldSnapshot()));
      if (!goesOn(hit)) break;
    }
    const fatal = struck.some((hit) => !goesOn(hit));
    if (!(await run.until(() => false, fatal ? 60_000 : this.#options.longestMs)) && run.end === undefined) {
      this.problems.push(`${fatal ? 'a minute after the kill' : `after ${this.#options.longestMs / 1000} s`} the line has not ended`);
      await machineGone(run);
    } else if (struck.some(({ target }) => target === 'holdfast')) {
      const frozen = await staysFrozen(run);
      if (frozen !== undefined) this.problems.push(frozen);
    }
    this.#judge(run, struck, line);
    for (const { text } of memoryNotes(run.events)) this.memory.set(text, (this.memory.get(text) ?? 0) + 1);
    // What a failed round leaves running would disturb the next one.
    if (this.problems.length > 0) await machineGone(run);
    run.close();
    const attempt = run.view()?.attempt;
    if (attempt !== undefined) this.#dead.push(attempt);
    return run.end?.status === 0;
  }

  #next(): PlannedKill | undefined {
    return this.#options.next(this.#told > 0);
  }

  #judge(run: HeldRun, struck: readonly Struck[], line: HeldLine): void {
    const began = run.last('job.resumed') ?? run.last('job.started');
    if (began !== undefined) {
      const from = numberField(began, 'snapshot') ?? 0;
      // A restore that fails for no known reason is tried once more. Who kills what restores it twice makes Holdfast take the snapshot before.
      const kills = struck.filter(({ phase, target }) => phase.startsWith('restoring') && target !== 'everything').length;
      const excused = run.has('restore.failed') && kills > 1;
      if (from < this.#told && !excused) this.problems.push(`it went on from snapshot ${from}, although ${this.#told} was reported as committed`);
      this.#told = from;
      this.problems.push(...tracesOf(this.#dead, line.stateDirectory, this.#options.folder));
    }
    this.#told = Math.max(this.#told, run.toldSnapshot());
    const result = run.last('result');
    // The job's own end, if only by a kill: its line, given again, starts anew once that was written down, as it may have been before the kill.
    const ownEnd = result !== undefined && textField(result, 'outcome') === 'exited';
    if (ownEnd || struck.some(({ phase }) => phase === 'finishing')) this.#told = 0;
    const problem = unexpectedEnd(run.end, struck);
    if (problem !== undefined) this.problems.push(problem);
  }
}

/** True for a kill that the run outlives. */
function goesOn({ target }: Struck): boolean {
  return ['repository', 'criu', 'runc', 'twin', 'pager', 'spare'].includes(target);
}

function unexpectedEnd(end: End | undefined, struck: readonly Struck[]): string | undefined {
  if (end === undefined || end.status === 0) return undefined;
  if (struck.length > 0 && (end.signal === 'SIGKILL' || end.status === 125 || end.status === 137)) return undefined;
  // A job that is killed while CRIU works inside it may die of CRIU's own breakpoint first.
  if (end.status === 128 + constants.signals.SIGTRAP && struck.some(({ target }) => target === 'main' || target === 'init')) return undefined;
  return `the line ended with ${end.signal ?? `status ${end.status}`}`;
}
