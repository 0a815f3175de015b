import type { Part } from '@holdfast/testkit/victims';
import type { Random } from '../power-loss/random.ts';
import { type Phase, phases } from './phase.ts';

/** What SIGKILL is sent to: one part of a run, or all that belongs to it. */
export type Target = Part | 'everything';

export interface PlannedKill {
  readonly phase: Phase;
  readonly target: Target;
  /** From the beginning of the phase. */
  readonly delayMs: number;
  /** So many snapshots of the attempt are let pass before. */
  readonly afterSnapshots: number;
}

/** The longest wait within a phase: about as long as it lasts, so that kills fall on all of it. */
const longestDelayMs: Readonly<Record<Phase, number>> = {
  starting: 400,
  'restoring-files': 60,
  'restoring-memory': 120,
  running: 150,
  'pre-copy': 12,
  frozen: 8,
  persisting: 60,
  committing: 2,
  pruning: 3,
  finishing: 10,
};

/** What comes again and again while the job runs. */
const betweenSnapshots: ReadonlySet<Phase> = new Set(['running', 'pre-copy', 'frozen', 'persisting', 'committing']);

const always: readonly Target[] = ['everything', 'everything', 'everything', 'holdfast', 'holdfast', 'repository'];
const withJob: readonly Target[] = [...always, 'keeper', 'keeper', 'main', 'init'];

const targets: Readonly<Record<Phase, readonly Target[]>> = {
  starting: ['everything', 'everything', 'holdfast'],
  'restoring-files': always,
  'restoring-memory': [...always, 'keeper', 'criu', 'criu', 'runc', 'runc'],
  running: withJob,
  'pre-copy': withJob,
  frozen: [...withJob, 'criu', 'criu', 'runc', 'runc'],
  persisting: withJob,
  committing: always,
  pruning: always,
  finishing: ['everything', 'everything', 'holdfast', 'keeper'],
};

export type Hits = Record<Phase, number>;

export function noHits(): Hits {
  return Object.fromEntries(phases.map((phase) => [phase, 0])) as Hits;
}

/** Plans a kill in one of the phases that were hit least. `canResume`: there is a snapshot. `mayEnd`: it may be the round's last. */
export function planKill(random: Random, hits: Hits, { canResume, mayEnd }: { readonly canResume: boolean; readonly mayEnd: boolean }): PlannedKill {
  const possible = phases.filter((phase) => (canResume || !phase.startsWith('restoring')) && (mayEnd || phase !== 'finishing'));
  const least = Math.min(...possible.map((phase) => hits[phase]));
  const phase = pick(
    random,
    possible.filter((each) => hits[each] === least),
  );
  const delayMs = Math.round(random.next() * longestDelayMs[phase]);
  return { phase, target: pick(random, targets[phase]), delayMs, afterSnapshots: betweenSnapshots.has(phase) ? random.below(3) : 0 };
}

/** `PHASE:TARGET:MS:SNAPSHOTS,…`, as a failed round prints it. Throws what is wrong with it. */
export function parsePlan(text: string): readonly PlannedKill[] {
  return text.split(',').map((word) => {
    const [phase, target, delay = '', after = '0'] = word.split(':');
    const known = phases.find((each) => each === phase);
    const aim = known === undefined ? undefined : ([...targets[known]] as readonly string[]).find((each) => each === target);
    if (known === undefined || aim === undefined || ![delay, after].every((text) => /^\d{1,6}$/.test(text))) {
      throw new Error(`'${word}' is no kill: write PHASE:TARGET:MS:SNAPSHOTS, such as frozen:criu:20:1; phases are ${phases.join(', ')}`);
    }
    return { phase: known, target: aim as Target, delayMs: Number(delay), afterSnapshots: Number(after) };
  });
}

export function planText(kills: readonly PlannedKill[]): string {
  return kills.map(({ phase, target, delayMs, afterSnapshots }) => `${phase}:${target}:${delayMs}:${afterSnapshots}`).join(',');
}

function pick<T>(random: Random, from: readonly T[]): T {
  const picked = from[random.below(from.length)];
  if (picked === undefined) throw new TypeError('there is nothing to pick from');
  return picked;
}
