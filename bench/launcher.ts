// script/bench launcher [--quick] [--json]: what holdfast-runc costs a container that does not ask for snapshots.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerRuns } from './launcher/docker-run.ts';
import { ownCost } from './launcher/own-cost.ts';
import { runBench } from './line/run-bench.ts';
import { printFigures } from './report/figures.ts';
import { machine } from './report/machine.ts';

const help = `Usage: script/bench launcher [options]
What holdfast-runc costs a container that does not ask for snapshots.

  --quick           10 runs of a container and 200 calls; else 50 and 2,000
  --json            one object a figure, with every single run`;

await runBench('launcher', help, {}, async ({ quick, json }) => {
  const rounds = quick ? { run: 10, call: 200 } : { run: 50, call: 2000 };
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    const launcher = join(process.env['HOLDFAST_NATIVE'] ?? '', 'holdfast-runc');
    const { figures, config } = await dockerRuns(folder, launcher, rounds.run);
    const own = await ownCost(folder, launcher, config, rounds.call);
    const note = `${rounds.run} runs of a container and ${rounds.call} calls, in turns. ${machine()}`;
    printFigures('launcher', [...figures, ...own], { json, note });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
