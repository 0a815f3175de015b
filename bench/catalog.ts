// script/bench catalog [--quick] [--json] [--kind NAME]…: a catalog under the load of many nodes, and its lists page by page.
import { type CatalogSizes, measureCatalog } from './catalog/measure-catalog.ts';
import { type SubjectKind, startSubject, subjectKinds } from './catalog/start-subject.ts';
import { runBench } from './line/run-bench.ts';
import { type Figure, printFigures } from './report/figures.ts';
import { machine } from './report/machine.ts';

const help = `Usage: script/bench catalog [options]
A catalog under the load of many nodes, and its lists page by page.

  --quick           20 s of load and 10,000 jobs; else 120 s and 100,000
  --kind NAME       ${subjectKinds.join(', ')}; may be given several times; default all
  --json            one object a figure, with every single run`;
const options = { kind: { type: 'string', multiple: true } } as const;
const full: CatalogSizes = {
  nodes: 1000,
  renewEveryMs: 10_000,
  commitEveryMs: 60_000,
  durationMs: 120_000,
  jobs: 100_000,
  snapshotsOfEach: 10,
};

await runBench('catalog', help, options, async ({ quick, json, kind: kinds }) => {
  const sizes: CatalogSizes = quick ? { ...full, durationMs: 20_000, jobs: 10_000 } : full;
  const figures: Figure[] = [];
  for (const kind of (kinds ?? subjectKinds).map(parseKind)) {
    if (json) console.error(`bench catalog: ${kind}`);
    await using subject = await startSubject(kind);
    figures.push(...(await measureCatalog(subject, sizes)));
  }
  const { nodes, durationMs, jobs, snapshotsOfEach } = sizes;
  const note = `${nodes} nodes for ${durationMs / 1000} s; ${jobs} jobs of ${snapshotsOfEach} snapshots. ${machine()}`;
  printFigures('catalog', figures, { json, note });
});

function parseKind(name: string): SubjectKind {
  const kind = subjectKinds.find((known) => known === name);
  if (kind === undefined) throw new Error(`--kind takes ${subjectKinds.join(', ')}; ${JSON.stringify(name)} is none of them`);
  return kind;
}
