import { parseArgs } from 'node:util';
import { catalogKinds } from '../line/catalog-kinds.ts';
import { seeds, wholeNumber } from '../line/whole-number.ts';
import { type ArenaKind, arenaKinds } from './catalogs/start-arena.ts';

export interface RacesOptions {
  readonly kinds: readonly ArenaKind[];
  /** In all, shared out among the kinds. */
  readonly rounds: number;
  readonly seed: number;
  readonly blind: boolean;
  readonly json: boolean;
}

const help = `script/chaos --catalog [OPTIONS]

Lets two to five processes race for one job, stops and kills them past their leases, and checks the recorded histories.

  --kind NAME    only this catalog: ${arenaKinds.join(', ')}; may be given several times (default: all)
  --rounds N     in all, shared out among the kinds: one each at least (default 500)
  --seed N       brings the same choices back (default: another one each time)
  --blind        without the epoch rule: must be found out
  --json         one JSON object a kind on stdout

  script/chaos --catalog --rounds 50
  script/chaos --catalog --kind mysql --kind redis-cluster --rounds 1000 --json
  script/chaos --catalog --kind sqlite --rounds 30 --blind

A round that is wrong prints its history. Exit status 1 where one was, 2 where the campaign could not be played to its end.`;

/** Undefined where only help was wanted. Throws what to tell the user. */
export function racesOptions(words: readonly string[]): RacesOptions | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      kind: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: '500' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      blind: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return undefined;
  }
  const kinds = catalogKinds(values.kind);
  return {
    kinds,
    rounds: wholeNumber('--rounds', values.rounds, { least: kinds.length, most: 1_000_000 }),
    seed: wholeNumber('--seed', values.seed, seeds),
    blind: values.blind,
    json: values.json,
  };
}
