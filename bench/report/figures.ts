/** One measured thing: every run of it, and what it should be at most. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'ratio';
  readonly aim?: number;
  readonly runs: readonly number[];
}

export interface ReportOptions {
  readonly json: boolean;
  readonly note: string;
}

/** A table for people, or JSON with one object a figure. The value of a figure is the median of its runs. */
export function printFigures(bench: string, figures: readonly Figure[], { json, note }: ReportOptions): void {
  if (json) {
    const objects = figures.map(({ name, unit, aim, runs }) => ({
      name,
      value: rounded(median(runs)),
      unit,
      aim: aim ?? null,
      runs: runs.map(rounded),
    }));
    console.log(JSON.stringify(objects, undefined, 2));
    return;
  }
  console.log(`bench ${bench}. ${note}\n`);
  console.log('| figure | median | quartiles | least – most | aim |');
  console.log('|---|---|---|---|---|');
  for (const { name, unit, aim, runs } of figures) {
    const text = (value: number): string => (unit === 'ratio' ? value.toFixed(2) : `${value.toFixed(0)} ms`);
    const spread = `${text(quantile(runs, 0.25))} – ${text(quantile(runs, 0.75))} | ${text(Math.min(...runs))} – ${text(Math.max(...runs))}`;
    console.log(`| ${name} | ${text(median(runs))} | ${spread} | ${aim === undefined ? '' : `≤ ${aim}`} |`);
  }
}

function median(runs: readonly number[]): number {
  return quantile(runs, 0.5);
}

/** Between two runs the value is interpolated. */
function quantile(runs: readonly number[], share: number): number {
  const sorted = runs.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below = Number.NaN, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
