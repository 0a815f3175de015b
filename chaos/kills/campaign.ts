import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { missingRequirement, runUndisturbed, type Victim } from '@holdfast/testkit/victims';
import { Random } from '../power-loss/random.ts';
import { twinOptions } from '../twins/line-options.ts';
import type { ChaosOptions } from './options.ts';
import { eagerly } from './aims.ts';
import { type Hits, noHits, planKill, type PlannedKill, planText } from './plan.ts';
import { runRound } from './round.ts';

export interface FailedRound {
  readonly round: number;
  readonly victim: string;
  readonly seed: number;
  readonly plan: string;
  readonly folder: string;
  readonly problems: readonly string[];
}

export interface Summary {
  readonly seed: number;
  readonly rounds: number;
  readonly kills: number;
  readonly byPhase: Hits;
  readonly byTarget: Readonly<Record<string, number>>;
  readonly victims: readonly string[];
  /** How often memory came from where, and why from nowhere better. */
  readonly memory: Readonly<Record<string, number>>;
  /** What is not on this machine. */
  readonly skipped: readonly string[];
  readonly failed: readonly FailedRound[];
}

export type Say = (text: string) => void;

const mostKillsInARound = 4;

/** Plays all rounds, one after the other. */
export async function runCampaign(options: ChaosOptions, holdfast: readonly [string, ...string[]], say: Say): Promise<Summary> {
  const random = new Random(options.seed);
  const wanted = options.victims;
  const present = wanted.filter((victim) => missingRequirement(victim) === undefined);
  const skipped = wanted.flatMap((victim) => {
    const missing = missingRequirement(victim);
    return missing === undefined ? [] : [`${victim.name}: ${missing} is not on this machine`];
  });
  if (present.length === 0) throw new Error(`no victim can run: ${skipped.join('; ')}`);
  const hits = noHits();
  const byTarget: Record<string, number> = {};
  const memory: Record<string, number> = {};
  const more = options.name === '' ? [] : await twinOptions(holdfast);
  const aims = more.includes('--resume') ? options.aims : eagerly(options.aims);
  const failed: FailedRound[] = [];
  const used = new Set<string>();
  const expected = new Map<string, Readonly<Record<string, string>>>();
  for (let round = 1; round <= options.rounds; round += 1) {
    const victim = present[random.below(present.length)];
    if (victim === undefined) throw new TypeError('no victim');
    used.add(victim.name);
    const seed = random.below(2 ** 31);
    const folder = await mkdtemp('/var/tmp/holdfast-chaos-');
    const digests = expected.get(victim.name) ?? (await undisturbed(victim, folder, options.scale));
    expected.set(victim.name, digests);
    const startedAt = performance.now();
    const result = await runRound({
      victim,
      scale: options.scale,
      folder,
      holdfast,
      interval: options.interval,
      more,
      // Much memory on a busy machine takes its time.
      longestMs: options.name === '' ? 120_000 : 600_000,
      expected: digests,
      next: killsOf(seed, hits, { plan: options.plan, aims }),
      onKill: ({ phase, target, processes }, phaseWanted, told) => {
        hits[phase] += 1;
        byTarget[target] = (byTarget[target] ?? 0) + 1;
        const aimed = phase === phaseWanted ? '' : ` (aimed at ${phaseWanted})`;
        say(`    ${phase.padEnd(16)} SIGKILL to ${target}${processes > 1 ? `, ${processes} processes` : ''}${aimed}, snapshot ${told} was reported`);
      },
    });
    for (const [note, count] of result.memory) memory[note] = (memory[note] ?? 0) + count;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const good = result.problems.length === 0;
    say(
      `${good ? 'good' : 'FAILED'}  round ${round} of ${options.rounds}: ${victim.name}, ${result.kills.length} kills, ${result.attempts} attempts, ${seconds} s`,
    );
    if (good) {
      await rm(folder, { recursive: true, force: true });
      continue;
    }
    const plan = planText(result.kills);
    failed.push({ round, victim: victim.name, seed, plan, folder, problems: result.problems });
    for (const problem of result.problems) say(`    ${problem}`);
    say(`    everything of it is in ${folder}; again: script/chaos ${options.name}--rounds 1 --victim ${victim.name} --plan ${plan}`);
  }
  const kills = Object.values(hits).reduce((sum, count) => sum + count, 0);
  return { seed: options.seed, rounds: options.rounds, kills, byPhase: hits, byTarget, victims: [...used].sort(), memory, skipped, failed };
}

async function undisturbed(victim: Victim, folder: string, scale: number): Promise<Readonly<Record<string, string>>> {
  const { digests } = await runUndisturbed(victim, join(folder, 'undisturbed'), { scale, deadlineMs: 300_000 });
  return digests;
}

/** The kills of one round, each planned by what was hit until then. */
function killsOf(seed: number, hits: Hits, { plan, aims }: Pick<ChaosOptions, 'plan' | 'aims'>): (canResume: boolean) => PlannedKill | undefined {
  const random = new Random(seed);
  const count = plan?.length ?? 1 + random.below(mostKillsInARound);
  let given = 0;
  return (canResume) => {
    if (given >= count) return undefined;
    given += 1;
    return plan === undefined ? planKill(random, hits, { aims, canResume, mayEnd: given === count }) : plan[given - 1];
  };
}
