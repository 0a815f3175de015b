// script/bench freeze [--quick] [--json]: the freeze of Holdfast against a bare `criu dump` of the same program, as the job feels it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBareJob } from './freeze/bare-job.ts';

import { largestGapMs } from './freeze/gaps.ts';
import { startHoldfastJob } from './freeze/holdfast-job.ts';
import type { MeasuredJob } from './freeze/measured-job.ts';
import { compileProgram } from './programs/compile-program.ts';
import { type Figure, printFigures } from './report/figures.ts';
import { machine } from './report/machine.ts';

const aim = 1.1;
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } });
const rounds = values.quick ? 5 : 15;
const sizesMib = values.quick ? [256] : [256, 1024];

const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
try {
  const program = await compileProgram(new URL('freeze/heartbeat.c', import.meta.url), folder);
  const figures: Figure[] = [];
  for (const sizeMib of sizesMib) figures.push(...(await compare(sizeMib, program)));
  printFigures('freeze', figures, { json: values.json, note: `${rounds} interleaved rounds a size. ${machine()}` });
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Both jobs live side by side; in each round each is dumped once, in turns first and second. */
async function compare(sizeMib: number, program: string): Promise<Figure[]> {
  await using holdfast = await startHoldfastJob(join(folder, `holdfast-${sizeMib}`), program, sizeMib);
  await using bare = await startBareJob(join(folder, `bare-${sizeMib}`), holdfast.stagingParent, program, sizeMib);
  const gapsMs = { bare: [] as number[], holdfast: [] as number[] };
  // The first dump of each touches memory and files that later ones find ready: it is not counted.
  for (let round = 0; round <= rounds; round++) {
    const inTurn = [bare, holdfast];
    for (const job of round % 2 === 0 ? inTurn : inTurn.toReversed()) {
      const gapMs = await gapOfOneDump(job);
      if (round > 0) gapsMs[job.name].push(gapMs);
    }
  }
  const ratios = gapsMs.holdfast.map((gapMs, round) => gapMs / (gapsMs.bare[round] ?? Number.NaN));
  return [
    { name: `freeze ${sizeMib} MiB: bare criu dump`, unit: 'ms', runs: gapsMs.bare },
    { name: `freeze ${sizeMib} MiB: holdfast`, unit: 'ms', runs: gapsMs.holdfast },
    { name: `freeze ${sizeMib} MiB: holdfast's own freezeMs`, unit: 'ms', runs: holdfast.reportedFreezeMs.slice(1) },
    { name: `freeze ${sizeMib} MiB: ratio`, unit: 'ratio', aim, runs: ratios },
  ];
}

async function gapOfOneDump(job: MeasuredJob): Promise<number> {
  const fromNs = process.hrtime.bigint();
  await job.dump();
  return largestGapMs(job.gapsFile, fromNs);
}
