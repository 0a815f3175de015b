import { parseArgs } from 'node:util';
import { parseDuration } from '@holdfast/core';
import { chosen } from '../line/chosen.ts';
import { parseCount } from '../line/count.ts';
import { parseSizesMib } from '../line/size.ts';
import { type DumpWay, dumpWays } from './dump-way.ts';
import { type JobShape, quickShapes, shapesOf } from './job-shape.ts';

export interface FreezeBenchOptions {
  readonly shapes: readonly JobShape[];
  readonly ways: readonly DumpWay[];
  /** Counted dumps of each job in each way. */
  readonly runs: number;
  /** Of the slow-down over a whole interval; no pairs: it is not measured. */
  readonly interval: { readonly ms: number; readonly pairs: number; readonly sizeMib: number; readonly ways: readonly DumpWay[] };
  readonly json: boolean;
  readonly help: boolean;
}

export const help = `Usage: script/bench freeze [options]
How long a job stands still in one snapshot, by its own heartbeat, and how much slower it is afterwards.

  --quick           256 MiB and 1 GiB without huge pages, 2 runs, an interval of 5 seconds, 1 pair
  --sizes SIZES     of the job's memory; default 256MiB,1GiB,4GiB,8GiB
  --ways WAYS       ${dumpWays.join(', ')}; default all
  --runs N          dumps of each job in each way, after one that is not counted; default 7
  --interval TIME   between two snapshots, for the slow-down; default 5m
  --pairs N         intervals with a snapshot, each beside one without; 0 for none; default 4
  --json            one object a figure, with every single run`;

const longestInterval = 3_600_000;

/** Throws an Error with a sentence where a value is none of those that would do. */
export function parseOptions(line: readonly string[]): FreezeBenchOptions {
  const { values } = parseArgs({
    args: [...line],
    options: {
      quick: { type: 'boolean', default: false },
      sizes: { type: 'string' },
      ways: { type: 'string' },
      runs: { type: 'string' },
      interval: { type: 'string' },
      pairs: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { quick } = values;
  const sizes = parseSizesMib(values.sizes, quick);
  const pairs = values.pairs ?? (quick ? '1' : '4');
  return {
    shapes: quick ? quickShapes(sizes) : shapesOf(sizes),
    ways: chosen('--ways', values.ways, dumpWays),
    runs: parseCount('--runs', values.runs ?? (quick ? '2' : '7')),
    interval: {
      ms: parseDuration(values.interval ?? (quick ? '5s' : '5m'), longestInterval),
      pairs: pairs === '0' ? 0 : parseCount('--pairs', pairs),
      ways: quick ? ['twin'] : ['staged-tmpfs', 'twin'],
      // The largest that fits beside its dump.
      sizeMib: sizes.findLast((sizeMib) => sizeMib <= (quick ? 256 : 4096)) ?? Math.min(...sizes),
    },
    json: values.json,
    help: values.help,
  };
}
