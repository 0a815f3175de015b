import { parseArgs } from 'node:util';
import { arenaKinds, isArenaKind, type ArenaKind } from './catalogs/start-arena.ts';

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
  --rounds N     in all, shared out among the kinds (default 500)
  --seed N       brings the same choices back (default: another one each time)
  --blind        without the epoch rule: must be found out
  --json         one JSON object a kind on stdout

A round that is wrong prints its history. Exit status 1 where one was.`;

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
  const kinds = values.kind.map((name) => {
    if (!isArenaKind(name)) throw new Error(`--kind takes ${arenaKinds.join(', ')}; '${name}' is none of them`);
    return name;
  });
  return {
    kinds: kinds.length === 0 ? arenaKinds : kinds,
    rounds: number('--rounds', values.rounds),
    seed: number('--seed', values.seed),
    blind: values.blind,
    json: values.json,
  };
}

function number(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${name} is '${text}', which is no number that would do`);
}
