import { withUnit } from '../report/figures.ts';
import { median, quantile } from '../report/quantile.ts';
import type { Turn } from './contest.ts';
import { peersOf, type SubjectResult, turnsOf } from './figures.ts';
import { subjectName } from './subject.ts';

const columns: readonly { readonly name: string; readonly unit: 's' | 'bytes' | 'MiB'; readonly of: (turn: Turn) => number }[] = [
  { name: 'first', unit: 's', of: ({ first }) => first.wallSeconds },
  { name: 'second', unit: 's', of: ({ second }) => second.wallSeconds },
  { name: 'restore', unit: 's', of: ({ restore }) => restore.wallSeconds },
  { name: 'CPU of the second', unit: 's', of: ({ second }) => second.cpuSeconds },
  { name: 'stored by the first', unit: 'bytes', of: ({ first }) => first.bytes },
  { name: 'by the second', unit: 'bytes', of: ({ second }) => second.bytes },
  {
    name: 'peak memory',
    unit: 'MiB',
    of: ({ first, second, restore }) => Math.max(first.peakBytes, second.peakBytes, restore.peakBytes) / 1024 ** 2,
  },
];

/** One subject as Markdown: what each contestant took (medians), Holdfast's share of each other's, and what an encrypted repository takes of a plain one's (median and quartiles of the rounds). */
export function subjectTables({ subject, facts, turns }: SubjectResult): readonly string[] {
  const [peers, own] = [peersOf(turns), turnsOf(turns, 'holdfast')];
  return [
    `**${subjectName(subject)}**: ${withUnit(facts.memoryBytes, 'bytes')} of memory, ${withUnit(facts.changedBytes, 'bytes')} truly changed`,
    '',
    row(
      '',
      columns.map(({ name }) => name),
    ),
    row(
      '---',
      columns.map(() => '---'),
    ),
    ...peers.map((peer) =>
      row(
        peer,
        columns.map(({ unit, of }) => withUnit(median(turnsOf(turns, peer).map(of)), unit)),
      ),
    ),
    ...peers
      .filter((peer) => peer !== 'holdfast' && own.length > 0)
      .map((peer) => {
        const others = turnsOf(turns, peer);
        if (peer === 'holdfast-encrypted')
          return row(
            `${peer} / holdfast`,
            columns.map(({ of }) => share(others.map((turn, round) => of(turn) / of(own[round] ?? turn)))),
          );
        return row(
          `holdfast / ${peer}`,
          columns.map(({ of }) => share(own.map((turn, round) => of(turn) / of(others[round] ?? turn)))),
        );
      }),
  ];
}

function row(first: string, cells: readonly string[]): string {
  return `| ${[first, ...cells].join(' | ')} |`;
}

function share(ratios: readonly number[]): string {
  const text = (at: number): string => withUnit(quantile(ratios, at), 'ratio');
  return `${text(0.5)} (${text(0.25)} – ${text(0.75)})`;
}
