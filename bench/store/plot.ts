import { type ChartLine, type ChartPanel, chartSvg } from '../report/chart.ts';
import { median, quantile } from '../report/quantile.ts';
import type { Turn } from './contest.ts';
import { peersOf, type SubjectResult, turnsOf } from './figures.ts';
import type { PeerName } from './options.ts';
import { changeOf, type Subject, sizeName } from './subject.ts';

/** Colours that people with any colour vision can tell apart (Okabe and Ito). */
const colors: Readonly<Record<PeerName, string>> = {
  holdfast: '#d55e00',
  'holdfast-encrypted': '#cc79a7',
  restic: '#0072b2',
  borg: '#009e73',
  'tar+zstd': '#9a6f00',
  cp: '#777777',
};
const truthColor = '#222222';
const plottedShape = 'mixed-5';

/** What the plot is made of: one change at four sizes, and four changes at one size. */
export function plottedSubjects(baseMib: number): readonly Subject[] {
  const subject = (sizeMib: number, shape: Subject['shape']): Subject => ({ sizeMib, shape, content: 'compressible' });
  return [
    ...[baseMib / 4, baseMib / 2, baseMib, 2 * baseMib].map((sizeMib) => subject(sizeMib, plottedShape)),
    ...(['mixed-1', 'mixed-20', 'mixed-50'] as const).map((shape) => subject(baseMib, shape)),
  ];
}

/** The second snapshot of `plottedSubjects` in seconds and bytes, against the size of the job and against what changed. */
export function storePlot(results: readonly SubjectResult[], baseMib: number, note: string): string {
  const bySize = sorted(
    results.filter(({ subject }) => subject.shape === plottedShape),
    memoryGb,
  );
  const byChange = sorted(
    results.filter(({ subject }) => subject.sizeMib === baseMib),
    changedPercent,
  );
  const { percent } = changeOf(plottedShape);
  const sizes = { results: bySize, x: memoryGb, xLabel: 'memory of the job, GB', title: `${percent} % of the pages changed` };
  const changes = {
    results: byChange,
    x: changedPercent,
    xLabel: 'pages changed since the snapshot before, %',
    title: `a job of ${sizeName(baseMib)}`,
  };
  const panels = [secondsPanel(sizes), secondsPanel(changes), bytesPanel(sizes), bytesPanel(changes)];
  return chartSvg('What the second snapshot of a job costs', note, panels);
}

interface Sweep {
  readonly results: readonly SubjectResult[];
  readonly x: (result: SubjectResult) => number;
  readonly xLabel: string;
  readonly title: string;
}

function secondsPanel({ title, ...sweep }: Sweep): ChartPanel {
  const lines = linesOf(sweep, ({ second }) => second.wallSeconds);
  return { title: `Time: ${title}`, xLabel: sweep.xLabel, yLabel: 'seconds until durable', lines };
}

function bytesPanel({ title, ...sweep }: Sweep): ChartPanel {
  const changed = sweep.results.map((result) => ({ x: sweep.x(result), y: result.facts.changedBytes / 1e6 }));
  const lines: readonly ChartLine[] = [
    ...linesOf(sweep, ({ second }) => second.bytes / 1e6),
    { name: 'truly changed', color: truthColor, style: 'dashed', points: changed },
  ];
  return { title: `Storage: ${title}`, xLabel: sweep.xLabel, yLabel: 'MB stored', lines };
}

function linesOf({ results, x }: Omit<Sweep, 'title'>, y: (turn: Turn) => number): readonly ChartLine[] {
  const peers = peersOf(results[0]?.turns ?? []);
  // The last line drawn lies on top.
  return peers.toReversed().map(
    (peer): ChartLine => ({
      name: peer,
      color: colors[peer],
      style: peer === 'holdfast' ? 'strong' : 'plain',
      points: results.map((result) => {
        const runs = turnsOf(result.turns, peer).map(y);
        return { x: x(result), y: median(runs), spread: [quantile(runs, 0.25), quantile(runs, 0.75)] };
      }),
    }),
  );
}

function memoryGb({ facts }: SubjectResult): number {
  return facts.memoryBytes / 1e9;
}

function changedPercent({ facts }: SubjectResult): number {
  return (100 * facts.changedBytes) / facts.memoryBytes;
}

function sorted(results: readonly SubjectResult[], by: (result: SubjectResult) => number): readonly SubjectResult[] {
  return results.toSorted((a, b) => by(a) - by(b));
}
