// script/bench resume [--quick] [--json]: from the command to the first thing that a resumed job writes, by Holdfast and by a bare `criu restore`.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runOptions } from './holdfast/line-options.ts';
import { sizeText } from './line/size.ts';
import { compileProgram } from './programs/compile-program.ts';
import { type Figure, printFigures } from './report/figures.ts';
import { availableMib, machine } from './report/machine.ts';
import { sizeFigures } from './resume/figures.ts';
import { measureSize, type ResumePlace, type SizeResult } from './resume/measure-size.ts';
import { help, parseOptions, type ResumeBenchOptions } from './resume/options.ts';
import { removeAtEnd } from './store/remove-at-end.ts';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(help);
  else await bench(options);
} catch (error) {
  console.error(`bench resume: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function bench({ sizesMib, ways, runs, json }: ResumeBenchOptions): Promise<void> {
  // Not in /tmp: a job has one of its own.
  const folder = await mkdtemp('/var/tmp/holdfast-bench-');
  await using _folder = removeAtEnd(folder);
  const [program, measure] = await Promise.all(
    ['heartbeat/heartbeat.c', 'store/measure.c'].map((path) => compileProgram(new URL(path, import.meta.url), folder)),
  );
  const options = await runOptions();
  const figures: Figure[] = [];
  for (const sizeMib of sizesMib) {
    if (json) console.error(`bench resume: ${sizeText(sizeMib)}`);
    const own = join(folder, String(sizeMib));
    const place = { folder: own, program: program ?? '', measure: measure ?? '', options };
    figures.push(...sizeFigures(sizeMib, await measureIfItFits(place, sizeMib, ways, runs)));
    await rm(own, { recursive: true, force: true });
  }
  printFigures('resume', figures, { json, note: `${runs} interleaved runs. ${machine()}` });
}

/** The job itself, and what is rebuilt of it in memory. */
async function measureIfItFits(place: ResumePlace, sizeMib: number, ways: ResumeBenchOptions['ways'], runs: number): Promise<SizeResult> {
  const [neededMib, freeMib] = [2.25 * sizeMib + 1536, await availableMib()];
  if (neededMib <= freeMib) return await measureSize(place, sizeMib, ways, runs);
  const absent = `${Math.ceil(neededMib)} MiB of free memory are needed, ${Math.floor(freeMib)} MiB are there`;
  return { ways: new Map(ways.map((way) => [way, { absent }])), fileBytes: undefined, storedBytes: undefined };
}
