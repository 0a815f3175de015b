import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { Random } from '../power-loss/random.ts';
import type { Arena } from './catalogs/arena.ts';
import { type Contender, startContender } from './contender/contender.ts';
import { describeOperation } from './judge.ts';
import { playRound } from './round.ts';
import { emptyTally, type Tally, withRound } from './tally.ts';

export interface CampaignOptions {
  readonly folder: string;
  readonly arena: Arena;
  readonly rounds: number;
  readonly seed: number;
  /** Without the epoch rule; ends with the first round that is found out. */
  readonly blind: boolean;
  readonly onRound: (line: string) => void;
}

const mostContenders = 5;
/** Without the epoch rule nothing is swept: what is found then is to be due to that alone. */
const shareOfSweeps = 0.4;
const hourMs = 3_600_000;
/** Rounds between two fail-overs, each of which needs a new replica. */
const failOverEvery = 40;

/** Plays rounds with one catalog, one after the other. */
export async function runCampaign({ folder, arena, rounds, seed, blind, onRound }: CampaignOptions): Promise<Tally> {
  const random = new Random(seed);
  const root = join(folder, 'repository');
  await mkdir(root);
  await using store = await openRepository({ root, create: true });
  await using pool = new ContenderPool((name, generation) =>
    startContender(
      {
        name,
        root,
        blind,
        catalog: arena.catalog,
        historyFile: join(folder, `history-${name}-${generation}`),
        skewMs: random.chance(0.5) ? 0 : random.below(4 * hourMs) - 2 * hourMs,
      },
      arena.password,
    ),
  );
  let tally = emptyTally(arena.kind);
  for (let round = 1; round <= rounds; round += 1) {
    const job = `race-${round}`;
    const contenders = await pool.take(2 + random.below(mostContenders - 1));
    const startedAt = performance.now();
    const befalls = await troubleOf(arena, { round, rounds, job }, random);
    const result = await playRound({ round, job, random, store, contenders, sweeps: !blind && random.chance(shareOfSweeps), befalls });
    tally = withRound(tally, result, contenders.filter(({ skewMs }) => skewMs !== 0).length);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
    const good = result.problems.length === 0;
    onRound(
      `${good ? 'good' : 'WRONG'}  round ${round} of ${rounds}, ${arena.kind}: ${contenders.length} contenders, ${result.history.length} calls, ${seconds} s`,
    );
    if (good) continue;
    for (const problem of result.problems) onRound(`    ${problem}`);
    for (const operation of result.history) onRound(`      ${describeOperation(operation)}`);
    if (blind) break;
  }
  return tally;
}

/** What is done to the server in a round: nothing in most of them. */
async function troubleOf(
  arena: Arena,
  { round, rounds, job }: { readonly round: number; readonly rounds: number; readonly job: string },
  random: Random,
): Promise<(() => Promise<string>) | undefined> {
  const { trouble, prepareFailOver } = arena;
  if (prepareFailOver !== undefined && round % failOverEvery === Math.min(3, rounds)) {
    const failOver = await prepareFailOver();
    return () => failOver(random, job);
  }
  return trouble !== undefined && random.chance(0.3) ? () => trouble(random, job) : undefined;
}

/** Contenders live over several rounds; those that died are replaced. */
class ContenderPool implements AsyncDisposable {
  readonly #start: (name: string, generation: number) => Promise<Contender>;
  readonly #contenders: Contender[] = [];
  #started = 0;

  constructor(start: (name: string, generation: number) => Promise<Contender>) {
    this.#start = start;
  }

  async take(count: number): Promise<readonly Contender[]> {
    for (let place = 0; place < count; place += 1) {
      if (this.#contenders[place]?.hasEnded() === false) continue;
      this.#started += 1;
      this.#contenders[place] = await this.#start(String.fromCodePoint(97 + place), this.#started);
    }
    return this.#contenders.slice(0, count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#contenders.map((contender) => contender[Symbol.asyncDispose]()));
  }
}
