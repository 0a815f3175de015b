import type { Interval } from './interval.ts';
import { median, quantile } from './quantile.ts';

/** One measured thing: every run of it, and what it should be at most. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 's' | 's/GiB' | 'MiB' | 'bytes' | 'ratio' | 'percent' | '/s' | 'count';
  readonly aim?: number;
  readonly runs: readonly number[];
  /** Where the median of all runs there could be lies with a probability of 95 %. */
  readonly interval?: Interval | undefined;
  /** Why it could not be measured; there are no runs then. */
  readonly absent?: string;
}

export interface ReportOptions {
  readonly json: boolean;
  readonly note: string;
}

/** A table for people, or JSON with one object a figure. The value of a figure is the median of its runs. */
export function printFigures(bench: string, figures: readonly Figure[], { json, note }: ReportOptions): void {
  if (json) return printJson(figures);
  console.log(`bench ${bench}. ${note}\n`);
  for (const line of figureTable(figures)) console.log(line);
}

export function printJson(figures: readonly Figure[]): void {
  const objects = figures.map(({ name, unit, aim, runs, interval, absent }) => ({
    name,
    value: runs.length === 0 ? null : rounded(median(runs)),
    unit,
    aim: aim === undefined ? null : rounded(aim),
    runs: runs.map(rounded),
    ...(interval === undefined ? {} : { interval: interval.map(rounded) }),
    ...(absent === undefined ? {} : { absent }),
  }));
  console.log(JSON.stringify(objects, undefined, 2));
}

/** A Markdown table; an aim whose median is above it is called missed. */
export function figureTable(figures: readonly Figure[]): readonly string[] {
  const lines = ['| figure | median | quartiles | least – most | aim |', '|---|---|---|---|---|'];
  for (const { name, unit, aim, runs, interval, absent } of figures) {
    const text = (value: number): string => withUnit(value, unit);
    const aimed = aim === undefined ? '' : `≤ ${text(aim)}`;
    if (absent !== undefined) {
      lines.push(`| ${name} | absent: ${absent} | | | ${aimed} |`);
      continue;
    }
    const sure = interval === undefined ? '' : ` (95 %: ${interval.map(text).join(' – ')})`;
    const spread = `${text(quantile(runs, 0.25))} – ${text(quantile(runs, 0.75))} | ${text(Math.min(...runs))} – ${text(Math.max(...runs))}`;
    lines.push(`| ${name} | ${text(median(runs))}${sure} | ${spread} | ${aimed}${aim === undefined || median(runs) <= aim ? '' : ' **missed**'} |`);
  }
  return lines;
}

/** As a person reads it. */
export function withUnit(value: number, unit: Figure['unit']): string {
  switch (unit) {
    case 'ms':
      return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
    case 's':
      return `${value.toFixed(2)} s`;
    case 'MiB':
      return `${value.toFixed(0)} MiB`;
    case 'bytes':
      return `${(value / 1e6).toFixed(value < 1e7 ? 2 : 0)} MB`;
    case 's/GiB':
      return `${value.toFixed(2)} s/GiB`;
    case 'percent':
      return `${value.toFixed(2)} %`;
    case '/s':
      return `${value.toFixed(1)}/s`;
    case 'count':
      return value.toFixed(0);
    case 'ratio':
      return value < 0.1 ? value.toFixed(4) : value.toFixed(2);
  }
}

function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(5));
}
