import * as z from 'zod';
import type { RedisPort } from './connection.js';
import { parse } from './parse.js';
import { runScript } from './run-script.js';
import { walkScript } from './scripts/index-scripts.js';
import { instantWidth } from './sortable.js';

export interface Walk {
  /** The first member, as ZRANGEBYLEX takes it; by default the first that is there. */
  readonly from?: string;
  readonly to?: string;
  /** What the job's name begins with. */
  readonly prefix?: string;
  /** How many to find at once. */
  readonly wanted?: () => number;
}

/** Members that one script looks at: the server does nothing else meanwhile. */
const mostLooked = 5000;
const foundSchema = z.tuple([z.array(z.string()), z.string()]);

/** Members that are in all of these choices, in their order, a script's worth at once. The first choice is walked through. */
export async function* walkIndex(
  port: RedisPort,
  location: string,
  choices: readonly [string, ...string[]],
  { from = '-', to = '+', prefix = '', wanted = () => mostLooked }: Walk = {},
): AsyncGenerator<readonly string[]> {
  let at = from;
  while (at !== '') {
    const answer = await runScript(port, walkScript, choices, [at, to, instantWidth, prefix, wanted(), mostLooked]);
    const [members, next] = parse(location, choices[0], foundSchema, answer);
    yield members;
    at = next;
  }
}
