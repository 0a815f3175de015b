// script/bench storage [--quick] [--json] [--engine NAME]…: a snapshot brought to durable storage and back on another machine: by Holdfast on a local
// directory and on JuiceFS, and by CRIU that writes straight into the mounted volume.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerKind } from '@holdfast/testkit/servers';
import { runBench } from './line/run-bench.ts';
import { compileProgram } from './programs/compile-program.ts';
import { printFigures } from './report/figures.ts';
import { machine } from './report/machine.ts';
import { storageFigures, type StorageRound } from './storage/figures.ts';
import { measureRound } from './storage/measure-round.ts';
import { removeAtEnd } from './store/remove-at-end.ts';

const engines: readonly ServerKind[] = ['mysql', 'postgres', 'redis'];
const help = `Usage: script/bench storage [options]
A snapshot brought to durable storage and back on another machine: by Holdfast on a local directory and on JuiceFS, and by CRIU that writes straight
into the mounted volume.

  --quick           256 MiB in 1 round; else 1 GiB in 3
  --engine NAME     ${engines.join(', ')}: where JuiceFS keeps its metadata; may be given several times; default all
  --json            one object a figure, with every single run`;
const options = { engine: { type: 'string', multiple: true } } as const;

await runBench('storage', help, options, async ({ quick, json, engine }) => {
  const [rounds, sizeMib] = quick ? [1, 256] : [3, 1024];
  // Not in /tmp: a job has one of its own.
  const folder = await mkdtemp('/var/tmp/holdfast-bench-');
  await using _folder = removeAtEnd(folder);
  const program = await compileProgram(new URL('heartbeat/heartbeat.c', import.meta.url), folder);
  const measured: StorageRound[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const each of (engine ?? engines).map(parseEngine)) {
      if (json) console.error(`bench storage: ${each}, round ${round + 1} of ${rounds}`);
      measured.push(await measureRound({ engine: each, folder: join(folder, `${each}-${round}`), program, sizeMib, localFirst: round % 2 === 0 }));
    }
  }
  const note = `${rounds} rounds an engine, MinIO on this disk. ${machine()}`;
  printFigures('storage', storageFigures(measured, sizeMib), { json, note });
});

function parseEngine(name: string): ServerKind {
  const engine = engines.find((known) => known === name);
  if (engine === undefined) throw new Error(`--engine takes ${engines.join(', ')}; ${JSON.stringify(name)} is none of them`);
  return engine;
}
