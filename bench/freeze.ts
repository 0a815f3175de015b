// script/bench freeze [--quick] [--json]: how long a job stands still in one snapshot, by Holdfast and by a bare `criu dump`, as the job feels it.
import { mkdtemp } from 'node:fs/promises';
import { type DumpWay, wayText } from './freeze/dump-way.ts';
import { growthFigures, intervalFigure, type MeasuredShape, shapeFigures } from './freeze/figures.ts';
import { type JobShape, shapeText } from './freeze/job-shape.ts';
import { measureShape } from './freeze/measure-shape.ts';
import { type FreezeBenchOptions, help, parseOptions } from './freeze/options.ts';
import { slowDownsPercent } from './freeze/slow-down.ts';
import type { BenchPlace } from './freeze/start-job.ts';
import { runOptions } from './holdfast/line-options.ts';
import { compileProgram } from './programs/compile-program.ts';
import { type Figure, printFigures } from './report/figures.ts';
import { machine } from './report/machine.ts';
import { removeAtEnd } from './store/remove-at-end.ts';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(help);
  else await bench(options);
} catch (error) {
  console.error(`bench freeze: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function bench(options: FreezeBenchOptions): Promise<void> {
  const folder = await mkdtemp('/var/tmp/holdfast-bench-');
  const memoryFolder = await mkdtemp('/dev/shm/holdfast-bench-');
  await using _folders = removeAtEnd(folder, memoryFolder);
  const program = await compileProgram(new URL('heartbeat/heartbeat.c', import.meta.url), folder);
  const place: BenchPlace = { folder, memoryFolder, program, options: await runOptions() };
  const absent = new Map<DumpWay, string>(place.options.has('--memory') ? [] : [['twin', 'this `holdfast run` has no --memory']]);
  const ways = options.ways.filter((way) => !absent.has(way));
  const shapes: MeasuredShape[] = [];
  for (const shape of options.shapes) {
    say(options, shapeText(shape));
    const measured = await measureShape(place, shape, ways, options.runs);
    const missing = options.ways.flatMap((way) => (absent.has(way) ? [[way, { absent: absent.get(way) ?? '' }] as const] : []));
    shapes.push({ shape, result: new Map([...measured, ...missing]) });
  }
  const figures = [...shapes.flatMap(shapeFigures), ...growthFigures(shapes, ways), ...(await intervals(place, options, absent))];
  const note = `${options.runs} interleaved runs. ${machine()}`;
  printFigures('freeze', figures, { json: options.json, note });
}

async function intervals(place: BenchPlace, options: FreezeBenchOptions, absent: ReadonlyMap<DumpWay, string>): Promise<readonly Figure[]> {
  const { ms, pairs, sizeMib } = options.interval;
  const shape: JobShape = { sizeMib, processes: 1, hugePages: false, works: true };
  const figures: Figure[] = [];
  for (const way of options.interval.ways) {
    if (pairs === 0 || !options.ways.includes(way)) continue;
    const reason = absent.get(way);
    if (reason === undefined) say(options, `${pairs} pairs of intervals, ${wayText[way]}`);
    const measured = reason === undefined ? await slowDownsPercent(place, shape, way, { ms, pairs }).catch(absence) : { absent: reason };
    figures.push(intervalFigure(shape, way, ms, measured));
  }
  return figures;
}

function absence(error: unknown): { readonly absent: string } {
  return { absent: error instanceof Error ? error.message : String(error) };
}

function say({ json }: FreezeBenchOptions, text: string): void {
  if (json) console.error(`bench freeze: ${text}`);
}
