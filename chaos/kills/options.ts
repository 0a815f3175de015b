import { parseArgs } from 'node:util';
import { type Victim, victimNamed, victims } from '@holdfast/testkit/victims';
import { seeds, wholeNumber } from '../line/whole-number.ts';
import { memoryCounter } from '../twins/memory-counter.ts';
import { type Aims, ordinary, twins } from './aims.ts';
import { type PlannedKill, parsePlan } from './plan.ts';

export interface ChaosOptions {
  /** Of the campaign that takes and resumes snapshots; undefined for one of kills. */
  readonly snapshots: number | undefined;
  readonly rounds: number;
  readonly seed: number;
  readonly victims: readonly Victim[];
  readonly aims: Aims;
  /** What chooses the campaign. */
  readonly name: '' | '--twins ';
  readonly interval: string;
  readonly scale: number;
  /** For every round, instead of random kills. */
  readonly plan: readonly PlannedKill[] | undefined;
  readonly json: boolean;
}

const help = `script/chaos [OPTIONS]

Runs real programs under Holdfast, kills parts of it at random moments, and checks that each program ends with the right bytes.

  --twins           memory is read from twins and comes back lazily; the parts that do it are killed while they do
  --snapshots N     with --twins, no kills of parts: the machine is lost after each snapshot, until N were taken by twin and resumed from
  --rounds N        how many programs are run (default 30, with --twins 200)
  --seed N          brings the same choices back (default: another one each time)
  --victim NAME     only this program; may be given several times
  --interval TIME   time between snapshots (default 400ms)
  --scale X         makes the programs longer or shorter (default 0.8)
  --plan KILLS      these kills in every round, as a failed round prints them: PHASE:TARGET:MS:SNAPSHOTS,…
  --json            the summary as one JSON document on stdout

  script/chaos --rounds 1000
  script/chaos --twins
  script/chaos --twins --snapshots 500
  script/chaos --victim java --victim sort --interval 200ms --seed 421337

A round that fails keeps its folder with all logs and prints its path. Exit status 1 where a round failed.`;

/** Undefined where only help was wanted. Throws what to tell the user. */
export function chaosOptions(words: readonly string[]): ChaosOptions | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      twins: { type: 'boolean', default: false },
      snapshots: { type: 'string' },
      rounds: { type: 'string' },
      seed: { type: 'string' },
      victim: { type: 'string', multiple: true, default: [] },
      interval: { type: 'string', default: '400ms' },
      scale: { type: 'string', default: '0.8' },
      plan: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return undefined;
  }
  if (values.snapshots !== undefined && !values.twins) throw new Error('--snapshots goes with --twins only');
  const known = values.twins ? [memoryCounter, ...['counter', 'threads', 'pipe', 'make'].map(victimNamed)] : victims;
  const kind = values.twins ? ({ aims: twins, name: '--twins ' } as const) : ({ aims: ordinary, name: '' } as const);
  return {
    ...kind,
    snapshots: values.snapshots === undefined ? undefined : wholeNumber('--snapshots', values.snapshots, { least: 1, most: 1_000_000 }),
    rounds: wholeNumber('--rounds', values.rounds ?? (values.twins ? '200' : '30'), { least: 1, most: 1_000_000 }),
    seed: values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : wholeNumber('--seed', values.seed, seeds),
    victims: values.victim.length === 0 ? known : values.victim.map((name) => (name === memoryCounter.name ? memoryCounter : victimNamed(name))),
    interval: values.interval,
    scale: scaleOf(values.scale),
    plan: values.plan === undefined ? undefined : parsePlan(values.plan),
    json: values.json,
  };
}

function scaleOf(text: string): number {
  if (/^\d{1,3}(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw new Error(`--scale is '${text}': give a number above 0 and below 1000, as 0.8`);
}
