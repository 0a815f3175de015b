// script/bench catalog [--quick] [--json] [--kind NAME]…: a catalog under the load of many nodes, and its lists page by page.
import { parseArgs } from 'node:util';
import { type CatalogSizes, measureCatalog } from './catalog/measure-catalog.ts';
import { type SubjectKind, startSubject, subjectKinds } from './catalog/start-subject.ts';
import { type Figure, printFigures } from './report/figures.ts';
import { machine } from './report/machine.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    kind: { type: 'string', multiple: true, default: [...subjectKinds] },
  },
});
const full: CatalogSizes = {
  nodes: 1000,
  renewEveryMs: 10_000,
  commitEveryMs: 60_000,
  durationMs: 120_000,
  jobs: 100_000,
  snapshotsOfEach: 10,
};
const sizes: CatalogSizes = values.quick ? { ...full, durationMs: 20_000, jobs: 10_000 } : full;

try {
  const figures: Figure[] = [];
  for (const kind of values.kind.map(parseKind)) {
    if (values.json) console.error(`bench catalog: ${kind}`);
    await using subject = await startSubject(kind);
    figures.push(...(await measureCatalog(subject, sizes)));
  }
  const { nodes, durationMs, jobs, snapshotsOfEach } = sizes;
  const note = `${nodes} nodes for ${durationMs / 1000} s; ${jobs} jobs of ${snapshotsOfEach} snapshots. ${machine()}`;
  printFigures('catalog', figures, { json: values.json, note });
} catch (error) {
  console.error(`bench catalog: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

function parseKind(name: string): SubjectKind {
  const kind = subjectKinds.find((known) => known === name);
  if (kind === undefined) throw new Error(`--kind takes ${subjectKinds.join(', ')}; ${JSON.stringify(name)} is none of them`);
  return kind;
}
