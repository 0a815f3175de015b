import { parseArgs } from 'node:util';
import { wholeNumber } from '../line/whole-number.ts';

export interface ContainersOptions {
  readonly count: number;
  /** Of each container's program at least, 50 ms each where the machine has nothing else to do. */
  readonly steps: number;
  readonly interval: string;
  readonly json: boolean;
}

const help = `script/chaos --containers [N] [OPTIONS]

Starts N short containers (default 200) at once in a Docker of its own, half of them with snapshots. In the middle of it the agent is killed by SIGKILL while
one of them stands still, and later started anew; until then none of them ends. Each container's answer is checked, and how long it stood still.

  --steps N         length of each container's program at least, about 50 ms a step (default 300)
  --interval TIME   time between snapshots of a container (default 5s)
  --json            the tally as one JSON document on stdout

  script/chaos --containers
  script/chaos --containers 12 --steps 120 --interval 2s

Exit status 1 where something was wrong, 2 where the campaign could not be played to its end.`;

/** Undefined where only help was wanted. Throws what to tell the user. */
export function containersOptions(words: readonly string[]): ContainersOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      steps: { type: 'string', default: '300' },
      interval: { type: 'string', default: '5s' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return undefined;
  }
  if (positionals.length > 1) throw new Error(`'${positionals[1]}' is one word too much: give one number of containers`);
  return {
    count: wholeNumber('--containers', positionals[0] ?? '200', { least: 2, most: 1000 }),
    steps: wholeNumber('--steps', values.steps, { least: 20, most: 100_000 }),
    interval: values.interval,
    json: values.json,
  };
}
