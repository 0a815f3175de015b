// script/bench store: two dumps of a live job, stored and restored by Holdfast and by what one would take instead.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileProgram } from './programs/compile-program.ts';
import { figureTable, printJson } from './report/figures.ts';
import { machine } from './report/machine.ts';
import { type Contestant, contestants, missingPrograms } from './store/contestant.ts';
import { costFigures, ratioFigures, type SubjectResult } from './store/figures.ts';
import { measureSubject } from './store/measure-subject.ts';
import { help, type PeerName, parseOptions, type StoreBenchOptions } from './store/options.ts';
import { storePlot } from './store/plot.ts';
import { removeAtEnd } from './store/remove-at-end.ts';
import { subjectName } from './store/subject.ts';
import { subjectTables } from './store/subject-tables.ts';
import { assertFits } from './store/take-images.ts';

const plotNote = 'Compressible content, fsynced; median and quartiles; rounds:';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(help);
  else await bench(options);
} catch (error) {
  console.error(`bench store: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function bench({ subjects, peers, rounds, json, plot, imagesParent, repositoriesParent }: StoreBenchOptions): Promise<void> {
  if (imagesParent === '/dev/shm') for (const { sizeMib } of subjects) await assertFits(sizeMib);
  const present = await presentContestants(peers);
  const images = await mkdtemp(join(imagesParent, 'holdfast-bench-'));
  const repositories = await mkdtemp(join(repositoriesParent, 'holdfast-bench-'));
  await using _folders = removeAtEnd(images, repositories);
  const workplace = {
    images: join(images, 'subject'),
    repositories,
    present,
    rounds,
    withSeries: plot === undefined,
    jobProgram: await compileProgram(new URL('store/changing-job.c', import.meta.url), repositories),
    measureProgram: await compileProgram(new URL('store/measure.c', import.meta.url), repositories),
  };
  if (!json) console.log(`bench store. Rounds: ${rounds}. ${machine()}`);
  const results: SubjectResult[] = [];
  for (const subject of subjects) {
    if (json) console.error(`bench store: ${subjectName(subject)}`);
    const result = await measureSubject(subject, workplace);
    results.push(result);
    if (!json) console.log(`\n${subjectTables(result).join('\n')}`);
  }
  if (plot !== undefined) await writeFile(plot.file, storePlot(results, plot.baseMib, `${plotNote} ${rounds}. ${machine()}`));
  const figures = results.flatMap((result) => [...costFigures(result), ...ratioFigures(result)]);
  if (json) printJson(figures);
  else console.log(`\n${figureTable(figures.filter(({ aim }) => aim !== undefined)).join('\n')}`);
}

/** Without one of them the benchmark is still one. */
async function presentContestants(peers: readonly PeerName[]): Promise<readonly Contestant[]> {
  const present: Contestant[] = [];
  for (const contestant of peers.map((name) => contestants[name])) {
    const missing = await missingPrograms(contestant);
    if (missing.length === 0) present.push(contestant);
    else console.error(`bench store: there is no ${missing.join(' and no ')} here, so ${contestant.name} is left out`);
  }
  return present;
}
