import { parseArgs } from 'node:util';
import { wholeNumber } from '../line/whole-number.ts';

export type Surroundings = 'run' | 'docker';

export interface SurvivalOptions {
  readonly in: Surroundings;
  /** By name; undefined for all that are run there. */
  readonly programs: readonly string[] | undefined;
  readonly interruptions: number;
  readonly scale: number;
  readonly interval: string;
  /** How many programs run at the same time. */
  readonly atATime: number;
  /** Further words for each `holdfast run`. */
  readonly with: readonly string[];
  /** Goes over the configuration of the agent. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** A document, and the place in it whose table is replaced by this one. */
  readonly write: { readonly file: string; readonly place: string } | undefined;
  readonly json: boolean;
}

const help = `script/survival [OPTIONS]

Runs programs of Debian under Holdfast and takes their machine away, by SIGKILL to everything of the job and of Holdfast, at random moments after a snapshot;
gives the same line again each time; compares what the program leaves with a run that nothing interrupts. Prints a table of what survives, and what does not, and why.

  --in run|docker     as jobs of \`holdfast run\` (default), or in containers of a Docker with the launcher and the agent
  --programs A,B      these only
  --interruptions N   losses of each program's machine (default 3)
  --quick             one loss, programs of half the size
  --scale X           makes the programs longer or shorter (default 1); one that ends too early is made longer by itself
  --interval TIME     time between snapshots (default 2s)
  --at-a-time N       so many programs beside each other (default 1); in containers one
  --with="WORDS"      options that each \`holdfast run\` gets, too, as --with="--memory staged"
  --settings JSON     with --in docker: goes over the agent's configuration, as '{"job":{"keep":3}}'
  --write FILE[#PLACE]
                      puts the table into FILE, a document that has a place for it, as docs/survival.md; the place is
                      named run or docker, as --in says, unless PLACE names another
  --json              each program's result as a line of JSON on stdout, as soon as it is there

  script/survival --programs postgres,r,make --interruptions 10

What did not survive keeps its folder, which is named. Exit status 1 where a program did not survive that is not among those that are known not to.`;

/** Undefined where only help was wanted. Throws what to tell the user. */
export function survivalOptions(words: readonly string[]): SurvivalOptions | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      in: { type: 'string', default: 'run' },
      programs: { type: 'string' },
      interruptions: { type: 'string' },
      quick: { type: 'boolean', default: false },
      scale: { type: 'string' },
      interval: { type: 'string', default: '2s' },
      'at-a-time': { type: 'string', default: '1' },
      with: { type: 'string', default: '' },
      settings: { type: 'string' },
      write: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return undefined;
  }
  const surroundings = (['run', 'docker'] as const).find((each) => each === values.in);
  if (surroundings === undefined) throw new Error(`--in is '${values.in}': give run or docker`);
  if (surroundings === 'docker' && values.with !== '') throw new Error('--with is for `holdfast run`: with --in docker give --settings');
  if (surroundings === 'run' && values.settings !== undefined) throw new Error("--settings are the agent's: without --in docker give --with");
  return {
    in: surroundings,
    programs: values.programs?.split(',').filter((name) => name !== ''),
    interruptions:
      values.interruptions === undefined ? (values.quick ? 1 : 3) : wholeNumber('--interruptions', values.interruptions, { least: 1, most: 100 }),
    scale: scaleOf(values.scale ?? (values.quick ? '0.5' : '1')),
    interval: values.interval,
    atATime: surroundings === 'docker' ? 1 : wholeNumber('--at-a-time', values['at-a-time'], { least: 1, most: 16 }),
    with: values.with.split(/\s+/).filter((word) => word !== ''),
    settings: settingsOf(values.settings),
    write: placeOf(values.write, surroundings),
    json: values.json,
  };
}

function placeOf(text: string | undefined, usual: string): SurvivalOptions['write'] {
  if (text === undefined) return undefined;
  const [file = '', place = usual] = text.split('#', 2);
  if (file === '' || !/^[a-z-]+$/.test(place)) throw new Error(`--write is '${text}': give FILE or FILE#PLACE, as docs/survival.md#lazy`);
  return { file, place };
}

function scaleOf(text: string): number {
  if (/^\d{1,2}(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw new Error(`--scale is '${text}': give a number above 0 and below 100, as 0.5`);
}

function settingsOf(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`--settings is ${text}: give a JSON object, as {"job":{"keep":3}}`);
}
