import { expect, it } from 'vitest';
import { growthFigures, intervalFigure, shapeFigures } from '../freeze/figures.ts';
import type { JobShape } from '../freeze/job-shape.ts';
import type { MeasuredDump } from '../freeze/measure-dump.ts';
import { figureTable } from '../report/figures.ts';
import { medianInterval } from '../report/interval.ts';
import { median, quantile } from '../report/quantile.ts';
import { sizeFigures } from '../resume/figures.ts';

const shape = (sizeMib: number): JobShape => ({ sizeMib, processes: 1, hugePages: false, works: true });
const dumps = (...frozenMs: readonly number[]): readonly MeasuredDump[] => frozenMs.map((ms) => ({ frozenMs: ms, slowDownPercent: ms / 100 }));

it('median and quartiles are read between the runs', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
  expect(quantile([10, 20], 0.75)).toBe(17.5);
});

it('the interval of a median lies around it within the runs, is narrower for runs that agree, and the same each time', () => {
  const spread = [-3, 0.2, 0.4, 0.5, 0.7, 4];
  const [low, high] = medianInterval(spread) ?? [Number.NaN, Number.NaN];
  expect(low).toBeGreaterThanOrEqual(-3);
  expect(low).toBeLessThan(median(spread));
  expect(high).toBeGreaterThan(median(spread));
  expect(high).toBeLessThanOrEqual(4);
  expect(medianInterval(spread)).toEqual([low, high]);
  const [closeLow, closeHigh] = medianInterval([0.3, 0.4, 0.4, 0.5, 0.5, 0.6]) ?? [Number.NaN, Number.NaN];
  expect(closeHigh - closeLow).toBeLessThan(high - low);
  expect(medianInterval([2, 2, 2])).toEqual([2, 2]);
  expect(medianInterval([1, 2])).toBeUndefined();
});

it('ratios are of dumps of one round, and have an aim from 4 GiB on', () => {
  const result = new Map([
    ['criu-tmpfs', dumps(1000, 2000)],
    ['twin', dumps(300, 400)],
  ] as const);
  const ratio = (sizeMib: number): unknown => shapeFigures({ shape: shape(sizeMib), result }).find(({ unit }) => unit === 'ratio');
  expect(ratio(4096)).toEqual({ name: '4 GiB: frozen, holdfast, twin / bare criu to tmpfs', unit: 'ratio', aim: 0.25, runs: [0.3, 0.2] });
  expect(ratio(256)).toEqual({ name: '256 MiB: frozen, holdfast, twin / bare criu to tmpfs', unit: 'ratio', runs: [0.3, 0.2] });
});

it('what was not measured says why and has no ratio', () => {
  const result = new Map([['twin', { absent: 'no reason' }]] as const);
  expect(shapeFigures({ shape: shape(256), result })).toEqual([
    { name: '256 MiB: frozen by holdfast, twin', unit: 'ms', runs: [], absent: 'no reason' },
  ]);
});

it('growth is between the smallest and the largest size, a GiB', () => {
  const measured = [shape(1024), shape(256), shape(4096)].map((each) => ({
    shape: each,
    result: new Map([['twin', dumps(each.sizeMib / 4, each.sizeMib / 2)]] as const),
  }));
  expect(growthFigures(measured, ['twin', 'criu-disk'])).toEqual([
    { name: 'growth of the freeze by holdfast, twin, 256 MiB to 4 GiB', unit: 's/GiB', aim: 0.2, runs: [0.256, 0.512] },
  ]);
});

it('the slow-down over an interval has an aim over five minutes alone', () => {
  expect(intervalFigure(shape(4096), 'twin', 300_000, [0.5, 0.4, 0.6])).toMatchObject({ aim: 1, runs: [0.5, 0.4, 0.6], interval: [0.4, 0.6] });
  expect(intervalFigure(shape(4096), 'twin', 5000, [0.5])).not.toHaveProperty('aim');
});

it('a lazy resume is compared with the eager one of its round, from the same store', () => {
  const resumes = (...ms: readonly number[]) => ms.map((allPagesMs) => ({ firstWriteMs: 300, allPagesMs }));
  const ways = new Map([
    ['eager-warm', resumes(1000, 2000)],
    ['lazy-warm', resumes(1200, 3000)],
    ['lazy-cold', resumes(1)],
  ] as const);
  const figures = sizeFigures(1024, { ways, fileBytes: 5, storedBytes: undefined });
  expect(figures.filter(({ unit }) => unit === 'ratio')).toEqual([
    { name: '1 GiB, holdfast lazy, warm local store: all pages in / eager', unit: 'ratio', aim: 1.3, runs: [1.2, 1.5] },
  ]);
  expect(figures.find(({ aim }) => aim === 500)?.name).toBe('1 GiB, holdfast lazy, warm local store: first write');
});

it('a table shows an interval, a missed aim and what is absent', () => {
  const lines = figureTable([
    { name: 'slow', unit: 'percent', aim: 1, runs: [2, 2, 2], interval: [1.5, 2.5] },
    { name: 'gone', unit: 'ms', aim: 10, runs: [], absent: 'no memory' },
  ]);
  expect(lines.slice(2)).toEqual([
    '| slow | 2.00 % (95 %: 1.50 % – 2.50 %) | 2.00 % – 2.00 % | 2.00 % – 2.00 % | ≤ 1.00 % **missed** |',
    '| gone | absent: no memory | | | ≤ 10 ms |',
  ]);
});
