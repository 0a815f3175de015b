import { sizeText } from '../line/size.ts';
import type { Figure } from '../report/figures.ts';
import { medianInterval } from '../report/interval.ts';
import { type DumpWay, wayText } from './dump-way.ts';
import { type JobShape, shapeText } from './job-shape.ts';
import type { ShapeResult } from './measure-shape.ts';

export interface MeasuredShape {
  readonly shape: JobShape;
  readonly result: ShapeResult;
}

/** Of a twin's freeze to that of a bare dump into memory, from this size on. */
const ratioAim = { aim: 0.25, fromMib: 4096 };
const growthAim = 0.2;
const slowDownAim = { aim: 1, intervalMs: 300_000 };

export function shapeFigures({ shape, result }: MeasuredShape): readonly Figure[] {
  const name = shapeText(shape);
  const frozen = (way: DumpWay): readonly number[] => runsOf(result, way, ({ frozenMs }) => frozenMs);
  const figures: Figure[] = [...result].map(([way, runs]) => ({
    name: `${name}: frozen by ${wayText[way]}`,
    unit: 'ms',
    ...('absent' in runs ? { absent: runs.absent, runs: [] } : { runs: frozen(way) }),
  }));
  for (const way of ['staged-tmpfs', 'twin'] as const) {
    const ratios = frozen(way)
      .flatMap((ms, run) => ms / (frozen('criu-tmpfs')[run] ?? Number.NaN))
      .filter(Number.isFinite);
    const aimed = way === 'twin' && shape.sizeMib >= ratioAim.fromMib ? { aim: ratioAim.aim } : {};
    if (ratios.length > 0) figures.push({ name: `${name}: frozen, ${wayText[way]} / bare criu to tmpfs`, unit: 'ratio', ...aimed, runs: ratios });
  }
  for (const way of result.keys()) {
    const runs = runsOf(result, way, ({ slowDownPercent }) => slowDownPercent);
    if (runs.length > 0) figures.push({ name: `${name}: slow-down in the second after ${wayText[way]}`, unit: 'percent', runs });
  }
  return figures;
}

/** What a GiB more costs, from the smallest to the largest size of one process without huge pages, run by run. */
export function growthFigures(shapes: readonly MeasuredShape[], ways: readonly DumpWay[]): readonly Figure[] {
  const plain = shapes.filter(({ shape }) => shape.processes === 1 && !shape.hugePages).toSorted((a, b) => a.shape.sizeMib - b.shape.sizeMib);
  return ways.flatMap((way): Figure[] => {
    const there = plain.filter(({ result }) => runsOf(result, way, ({ frozenMs }) => frozenMs).length > 0);
    const [small, large] = [there[0], there.at(-1)];
    if (small === undefined || large === undefined || small === large) return [];
    const gib = (large.shape.sizeMib - small.shape.sizeMib) / 1024;
    const [few, many] = [small, large].map(({ result }) => runsOf(result, way, ({ frozenMs }) => frozenMs)) as [readonly number[], readonly number[]];
    const runs = many.slice(0, few.length).map((ms, run) => (ms - (few[run] ?? Number.NaN)) / 1000 / gib);
    const aimed = way === 'twin' ? { aim: growthAim } : {};
    return [
      {
        name: `growth of the freeze by ${wayText[way]}, ${sizeText(small.shape.sizeMib)} to ${sizeText(large.shape.sizeMib)}`,
        unit: 's/GiB',
        ...aimed,
        runs,
      },
    ];
  });
}

export function intervalFigure(shape: JobShape, way: DumpWay, intervalMs: number, measured: readonly number[] | { readonly absent: string }): Figure {
  const name = `${shapeText(shape)}: slow-down over an interval of ${intervalMs / 1000} s by ${wayText[way]}`;
  const aimed = way === 'twin' && intervalMs === slowDownAim.intervalMs ? { aim: slowDownAim.aim } : {};
  if ('absent' in measured) return { name, unit: 'percent', ...aimed, runs: [], absent: measured.absent };
  return { name, unit: 'percent', ...aimed, runs: measured, interval: medianInterval(measured) };
}

type Dump = Extract<ReturnType<ShapeResult['get']>, readonly unknown[]>[number];

function runsOf(result: ShapeResult, way: DumpWay, value: (dump: Dump) => number | undefined): readonly number[] {
  const runs = result.get(way);
  return runs === undefined || 'absent' in runs ? [] : runs.flatMap((dump) => value(dump) ?? []);
}
