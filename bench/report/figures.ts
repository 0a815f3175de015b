import { median, quantile } from './quantile.ts';

/** One measured thing: every run of it, and what it should be at most. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 's' | 'MiB' | 'bytes' | 'ratio' | '/s' | 'count';
  readonly aim?: number;
  readonly runs: readonly number[];
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
  const objects = figures.map(({ name, unit, aim, runs }) => ({
    name,
    value: rounded(median(runs)),
    unit,
    aim: aim === undefined ? null : rounded(aim),
    runs: runs.map(rounded),
  }));
  console.log(JSON.stringify(objects, undefined, 2));
}

/** A Markdown table; an aim whose median is above it is called missed. */
export function figureTable(figures: readonly Figure[]): readonly string[] {
  const lines = ['| figure | median | quartiles | least – most | aim |', '|---|---|---|---|---|'];
  for (const { name, unit, aim, runs } of figures) {
    const text = (value: number): string => withUnit(value, unit);
    const spread = `${text(quantile(runs, 0.25))} – ${text(quantile(runs, 0.75))} | ${text(Math.min(...runs))} – ${text(Math.max(...runs))}`;
    lines.push(
      `| ${name} | ${text(median(runs))} | ${spread} | ${aim === undefined ? '' : `≤ ${text(aim)}${median(runs) <= aim ? '' : ' **missed**'}`} |`,
    );
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
