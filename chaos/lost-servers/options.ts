import { parseArgs } from 'node:util';
import { catalogKinds } from '../line/catalog-kinds.ts';
import { seeds, wholeNumber } from '../line/whole-number.ts';
import { type ArenaKind, arenaKinds } from '../races/catalogs/start-arena.ts';

export interface LossOptions {
  readonly kinds: readonly ArenaKind[];
  /** Of each kind. */
  readonly rounds: number;
  readonly seed: number;
  readonly json: boolean;
}

const help = `script/chaos --lost-servers [OPTIONS]

Kills the server of each catalog by SIGKILL while jobs are written to it, and checks that nothing committed is lost.

  --kind NAME    only this catalog: ${arenaKinds.join(', ')}; may be given several times (default: all)
  --rounds N     of each kind; the kinds play side by side (default 100)
  --seed N       brings the same choices back (default: another one each time)
  --json         one JSON object a kind on stdout

  script/chaos --lost-servers --rounds 20
  script/chaos --lost-servers --kind postgres --kind redis --rounds 500 --json
  script/chaos --lost-servers --kind mysql --rounds 1 --seed 421337

A round that is wrong says what is. Exit status 1 where one was, 2 where a campaign could not be played to its end.`;

/** Undefined where only help was wanted. Throws what to tell the user. */
export function lossOptions(words: readonly string[]): LossOptions | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      kind: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return undefined;
  }
  return {
    kinds: catalogKinds(values.kind),
    rounds: wholeNumber('--rounds', values.rounds, { least: 1, most: 1_000_000 }),
    seed: wholeNumber('--seed', values.seed, seeds),
    json: values.json,
  };
}
