// script/bench launcher [--quick] [--json]: what holdfast-runc costs a container that does not ask for snapshots.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dockerRuns } from './launcher/docker-run.ts';
import { ownCost } from './launcher/own-cost.ts';
import { printFigures } from './report/figures.ts';
import { machine } from './report/machine.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } });
const rounds = values.quick ? { run: 10, call: 200 } : { run: 50, call: 2000 };

const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
try {
  const launcher = join(process.env['HOLDFAST_NATIVE'] ?? '', 'holdfast-runc');
  const { figures, config } = await dockerRuns(folder, launcher, rounds.run);
  const own = await ownCost(folder, launcher, config, rounds.call);
  const note = `${rounds.run} runs of a container and ${rounds.call} calls, in turns. ${machine()}`;
  printFigures('launcher', [...figures, ...own], { json: values.json, note });
} finally {
  await rm(folder, { recursive: true, force: true });
}
