import { copyFile, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DockerNode, startDocker } from '@holdfast/testkit/docker';
import type { Figure } from '../report/figures.ts';

export interface DockerRuns {
  readonly figures: readonly Figure[];
  /** A container's configuration as Docker writes it. */
  readonly config: string;
}

/** `docker run --rm IMAGE true` by runc and by the launcher, in turns, of a container that does not ask for snapshots. */
export async function dockerRuns(folder: string, launcher: string, rounds: number): Promise<DockerRuns> {
  const copy = join(folder, 'holdfast-docker');
  await copyFile(launcher, copy);
  await writeFile(`${copy}.conf`, `runc=${await realpath(join(process.env['HOLDFAST_DOCKER'] ?? '', 'runc'))}\nstate=${join(folder, 'state')}\n`);
  await using node = await startDocker({ runtimes: { holdfast: copy } });
  await node.importImage('base');
  const tookMs = { runc: [] as number[], holdfast: [] as number[] };
  // The first of each finds nothing in memory: it is not counted.
  for (let round = 0; round <= rounds; round++) {
    const inTurn = ['runc', 'holdfast'] as const;
    for (const runtime of round % 2 === 0 ? inTurn : inTurn.toReversed()) {
      const fromMs = performance.now();
      await node.docker(['run', '--rm', '--network', 'none', '--runtime', runtime, 'base', 'true']);
      if (round > 0) tookMs[runtime].push(performance.now() - fromMs);
    }
  }
  const figures: readonly Figure[] = [
    { name: 'docker run: runc', unit: 'ms', runs: tookMs.runc },
    { name: 'docker run: the launcher', unit: 'ms', runs: tookMs.holdfast },
    { name: 'docker run: ratio', unit: 'ratio', runs: tookMs.holdfast.map((took, round) => took / (tookMs.runc[round] ?? Number.NaN)) },
  ];
  return { figures, config: await configOf(node) };
}

async function configOf(node: DockerNode): Promise<string> {
  const id = await node.docker(['run', '-d', '--network', 'none', 'base', 'sleep', '1000']);
  return await readFile(join(node.folder, 'exec/containerd/daemon/io.containerd.runtime.v2.task/moby', id, 'config.json'), 'utf8');
}
