// script/bench storage [--quick] [--json] [--engine NAME]…: a snapshot brought to durable storage and back on another machine: by Holdfast on a local
// directory and on JuiceFS, and by CRIU that writes straight into the mounted volume.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ServerKind } from '@holdfast/testkit/servers';
import { compileProgram } from './programs/compile-program.ts';
import { printFigures } from './report/figures.ts';
import { machine } from './report/machine.ts';
import { storageFigures, type StorageRound } from './storage/figures.ts';
import { measureRound } from './storage/measure-round.ts';
import { removeAtEnd } from './store/remove-at-end.ts';

const engines: readonly ServerKind[] = ['mysql', 'postgres', 'redis'];
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    engine: { type: 'string', multiple: true, default: [...engines] },
  },
});
const [rounds, sizeMib] = values.quick ? [1, 256] : [3, 1024];

try {
  // Not in /tmp: a job has one of its own.
  const folder = await mkdtemp('/var/tmp/holdfast-bench-');
  await using _folder = removeAtEnd(folder);
  const program = await compileProgram(new URL('heartbeat/heartbeat.c', import.meta.url), folder);
  const measured: StorageRound[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const engine of values.engine.map(parseEngine)) {
      if (values.json) console.error(`bench storage: ${engine}, round ${round + 1} of ${rounds}`);
      measured.push(await measureRound({ engine, folder: join(folder, `${engine}-${round}`), program, sizeMib, localFirst: round % 2 === 0 }));
    }
  }
  printFigures('storage', storageFigures(measured, sizeMib), {
    json: values.json,
    note: `${rounds} rounds an engine, MinIO on this disk. ${machine()}`,
  });
} catch (error) {
  console.error(`bench storage: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

function parseEngine(name: string): ServerKind {
  const engine = engines.find((known) => known === name);
  if (engine === undefined) throw new Error(`--engine takes ${engines.join(', ')}; ${JSON.stringify(name)} is none of them`);
  return engine;
}
