import { median, quantile } from '../report/quantile.ts';
import type { Figure } from '../report/figures.ts';
import { listPages } from './list-pages.ts';
import { type LoadOptions, loadByNodes } from './node-load.ts';
import type { CatalogSubject } from './subject.ts';

export interface CatalogSizes extends LoadOptions {
  readonly jobs: number;
  readonly snapshotsOfEach: number;
}

/** Pages at the end may take so much longer than those at the beginning. */
const growthAim = 1.5;

/** The load of many nodes first, then pages of many jobs. */
export async function measureCatalog(subject: CatalogSubject, sizes: CatalogSizes): Promise<readonly Figure[]> {
  const load = await loadByNodes(subject, sizes);
  if (load.failures > 0) throw new Error(`${load.failures} calls of the nodes on ${subject.kind} failed`);
  const { jobs, snapshotsOfEach } = sizes;
  await subject.fill(jobs, snapshotsOfEach);
  await using store = await subject.open();
  const pages = await listPages(store);
  const listed = jobs + sizes.nodes;
  if (pages.jobs !== listed) throw new Error(`${pages.jobs} jobs were listed on ${subject.kind}, of ${listed}`);
  const tenth = Math.ceil(pages.jobsMs.length / 10);
  const [first, last] = [pages.jobsMs.slice(0, tenth), pages.jobsMs.slice(-tenth)];
  const name = (what: string): string => `${subject.kind}: ${what}`;
  return [
    { name: name(`renewals and commits, of ${load.wantedPerSecond.toFixed(0)}/s wanted`), unit: '/s', runs: [load.perSecond] },
    ...percentiles(name('renewal'), load.renewalsMs),
    ...percentiles(name('commit'), load.commitsMs),
    ...(load.connections === undefined ? [] : [{ name: name('connections'), unit: 'count', runs: [load.connections] } as const]),
    { name: name(`a page of the first ${tenth}, of ${pages.jobsMs.length}`), unit: 'ms', runs: first },
    { name: name(`a page of the last ${tenth}`), unit: 'ms', runs: last },
    { name: name('last pages to first'), unit: 'ratio', aim: growthAim, runs: [median(last) / median(first)] },
    { name: name(`the ${snapshotsOfEach} snapshots of a job`), unit: 'ms', runs: pages.snapshotsMs },
  ];
}

function percentiles(name: string, runsMs: readonly number[]): readonly Figure[] {
  return [0.5, 0.99].map((share) => ({ name: `${name}, p${share * 100}`, unit: 'ms', runs: [quantile(runsMs, share)] }));
}
