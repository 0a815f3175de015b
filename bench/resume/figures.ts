import { sizeText } from '../line/size.ts';
import type { Figure } from '../report/figures.ts';
import type { SizeResult, WayResult } from './measure-size.ts';
import type { MeasuredResume } from './measured-resume.ts';
import { eagerOf, isLazy, type ResumeWay, wayText } from './resume-way.ts';

/** Of a lazy resume from a warm local store, in milliseconds. */
const firstWriteAim = 500;
/** Of all pages of a lazy resume to the eager one of the same round. */
const allPagesAim = 1.3;

export function sizeFigures(sizeMib: number, { ways, fileBytes, storedBytes }: SizeResult): readonly Figure[] {
  const name = sizeText(sizeMib);
  const figures: Figure[] = [];
  if (fileBytes !== undefined) figures.push({ name: `${name}: files to restore`, unit: 'bytes', runs: [fileBytes] });
  if (storedBytes !== undefined) figures.push({ name: `${name}: the snapshot in the store`, unit: 'bytes', runs: [storedBytes] });
  for (const [way, result] of ways) {
    const aimed = way === 'lazy-warm' ? { aim: firstWriteAim } : {};
    const text = `${name}, ${wayText[way]}`;
    if ('absent' in result) {
      figures.push({ name: `${text}: first write`, unit: 'ms', ...aimed, runs: [], absent: result.absent });
      continue;
    }
    figures.push({ name: `${text}: first write`, unit: 'ms', ...aimed, runs: result.map(({ firstWriteMs }) => firstWriteMs) });
    if (!isLazy(way)) continue;
    figures.push({ name: `${text}: all pages in`, unit: 'ms', runs: result.map(({ allPagesMs }) => allPagesMs) });
    const runs = ratios(result, eagerRuns(ways, way));
    if (runs.length > 0) figures.push({ name: `${text}: all pages in / eager`, unit: 'ratio', aim: allPagesAim, runs });
  }
  return figures;
}

function eagerRuns(ways: ReadonlyMap<ResumeWay, WayResult>, way: ResumeWay): readonly MeasuredResume[] {
  const eager = eagerOf[way];
  const result = eager === undefined ? undefined : ways.get(eager);
  return result === undefined || 'absent' in result ? [] : result;
}

/** Run by run. */
function ratios(lazy: readonly MeasuredResume[], eager: readonly MeasuredResume[]): readonly number[] {
  return lazy.flatMap(({ allPagesMs }, run) => {
    const beside = eager[run];
    return beside === undefined ? [] : allPagesMs / beside.allPagesMs;
  });
}
