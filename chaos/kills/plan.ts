import type { Part } from '@holdfast/testkit/victims';
import type { Random } from '../power-loss/random.ts';
import { type Aims, ordinary, twins } from './aims.ts';
import { type Phase, phases } from './phase.ts';

/** What SIGKILL is sent to: one part of a run, the two that bring memory and keep the job, or all that belongs to it. */
export type Target = Part | 'pager-and-keeper' | 'everything';

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
  fetching: 300,
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

export type Hits = Record<Phase, number>;

export function noHits(): Hits {
  return Object.fromEntries(phases.map((phase) => [phase, 0])) as Hits;
}

export interface PlanOptions {
  readonly aims: Aims;
  /** There is a snapshot. */
  readonly canResume: boolean;
  /** It may be the round's last. */
  readonly mayEnd: boolean;
}

/** Plans a kill in one of the phases that were hit least. */
export function planKill(random: Random, hits: Hits, { aims, canResume, mayEnd }: PlanOptions): PlannedKill {
  const afterResume = (phase: Phase): boolean => phase.startsWith('restoring') || phase === 'fetching';
  const possible = phases.filter((phase) => aims[phase].length > 0 && (canResume || !afterResume(phase)) && (mayEnd || phase !== 'finishing'));
  const least = Math.min(...possible.map((phase) => hits[phase]));
  const phase = pick(
    random,
    possible.filter((each) => hits[each] === least),
  );
  const delayMs = Math.round(random.next() * longestDelayMs[phase]);
  return { phase, target: pick(random, aims[phase]), delayMs, afterSnapshots: betweenSnapshots.has(phase) ? random.below(3) : 0 };
}

/** `PHASE:TARGET:MS:SNAPSHOTS,…`, as a failed round prints it. Throws what is wrong with it. */
export function parsePlan(text: string): readonly PlannedKill[] {
  return text.split(',').map((word) => {
    const [phase, target, delay = '', after = '0'] = word.split(':');
    const known = phases.find((each) => each === phase);
    const aim = known === undefined ? undefined : ([...ordinary[known], ...twins[known]] as readonly string[]).find((each) => each === target);
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
