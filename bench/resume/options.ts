import { parseArgs } from 'node:util';
import { chosen } from '../line/chosen.ts';
import { parseCount } from '../line/count.ts';
import { parseSizesMib } from '../line/size.ts';
import { isOnJuicefs, type ResumeWay, resumeWays } from './resume-way.ts';

export interface ResumeBenchOptions {
  readonly sizesMib: readonly number[];
  readonly ways: readonly ResumeWay[];
  /** Resumes in each way. */
  readonly runs: number;
  readonly json: boolean;
  readonly help: boolean;
}

export const help = `Usage: script/bench resume [options]
From the command to the first thing that the job writes, and until all of its memory is there.

  --quick           256 MiB and 1 GiB from a local store, 2 runs
  --sizes SIZES     of the job's memory; default 256MiB,1GiB,4GiB,8GiB
  --ways WAYS       ${resumeWays.join(', ')}; default all
  --runs N          resumes in each way; default 5
  --json            one object a figure, with every single run`;

/** Throws an Error with a sentence where a value is none of those that would do. */
export function parseOptions(line: readonly string[]): ResumeBenchOptions {
  const { values } = parseArgs({
    args: [...line],
    options: {
      quick: { type: 'boolean', default: false },
      sizes: { type: 'string' },
      ways: { type: 'string' },
      runs: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { quick } = values;
  const ways = chosen('--ways', values.ways, resumeWays);
  return {
    sizesMib: parseSizesMib(values.sizes, quick),
    ways: quick && values.ways === undefined ? ways.filter((way) => !isOnJuicefs(way)) : ways,
    runs: parseCount('--runs', values.runs ?? (quick ? '2' : '5')),
    json: values.json,
    help: values.help,
  };
}
