import { availableMib } from '../report/machine.ts';
import { type DumpWay, neededMib } from './dump-way.ts';
import type { JobShape } from './job-shape.ts';
import { type MeasuredDump, measureDump } from './measure-dump.ts';
import { type BenchPlace, startJob } from './start-job.ts';

/** All counted dumps of one way, or why there are none. */
export type WayResult = readonly MeasuredDump[] | { readonly absent: string };

export type ShapeResult = ReadonlyMap<DumpWay, WayResult>;

/**
 * Dumps the same program in several ways, in turns. Where all jobs fit into memory they live side by side and each is dumped once in each round; else each
 * way gets a new job in each round. The first dump of a job touches memory and files that later ones find ready: it is not counted.
 */
export async function measureShape(place: BenchPlace, shape: JobShape, ways: readonly DumpWay[], runs: number): Promise<ShapeResult> {
  const freeMib = await availableMib();
  const wanted = new Map(ways.map((way) => [way, neededMib(way, shape.sizeMib)]));
  const results = new Map<DumpWay, WayResult>();
  for (const [way, mib] of wanted)
    if (mib > freeMib) results.set(way, { absent: `${Math.ceil(mib)} MiB of free memory are needed, ${Math.floor(freeMib)} MiB are there` });
  const possible = ways.filter((way) => !results.has(way));
  const together = possible.reduce((sum, way) => sum + (wanted.get(way) ?? 0), 0) <= freeMib;
  const measure = together ? sideBySide : oneAfterTheOther;
  const measured = await measure(place, shape, possible, runs);
  for (const way of ways) results.set(way, results.get(way) ?? measured.get(way) ?? { absent: 'it was not measured' });
  return results;
}

type Measure = (place: BenchPlace, shape: JobShape, ways: readonly DumpWay[], runs: number) => Promise<ShapeResult>;

const sideBySide: Measure = async (place, shape, ways, runs) => {
  await using jobs = new AsyncDisposableStack();
  const results = new Map<DumpWay, WayResult>();
  const started = await Promise.allSettled(ways.map(async (way) => ({ way, job: jobs.use(await startJob(place, shape, way)) })));
  const running = started.flatMap((each, index) => {
    if (each.status === 'fulfilled') return each.value;
    const way = ways[index];
    if (way !== undefined) results.set(way, { absent: sentence(each.reason) });
    return [];
  });
  for (let round = 0; round <= runs; round += 1) {
    for (const { way, job } of inTurn(running, round)) await addRun(results, way, round, () => measureDump(job, shape.works && round > 0));
  }
  return results;
};

const oneAfterTheOther: Measure = async (place, shape, ways, runs) => {
  const results = new Map<DumpWay, WayResult>();
  for (let round = 1; round <= runs; round += 1) {
    for (const way of inTurn(ways, round)) {
      await addRun(results, way, round, async () => {
        await using job = await startJob(place, shape, way);
        await job.dump();
        return await measureDump(job, shape.works);
      });
    }
  }
  return results;
};

/** Round 0 is not counted. What fails once is absent from then on. */
async function addRun(results: Map<DumpWay, WayResult>, way: DumpWay, round: number, measure: () => Promise<MeasuredDump>): Promise<void> {
  const runs = results.get(way) ?? [];
  if ('absent' in runs) return;
  try {
    const dump = await measure();
    results.set(way, round === 0 ? [] : [...runs, dump]);
  } catch (error) {
    results.set(way, { absent: sentence(error) });
  }
}

function inTurn<T>(ways: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? ways : ways.toReversed();
}

/** Of an error that may have a program's whole output behind its first line. */
function sentence(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n').filter((line) => line !== '');
  return lines.slice(0, 2).join(': ');
}
