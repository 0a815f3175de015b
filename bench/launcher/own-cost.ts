import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compileProgram } from '../programs/compile-program.ts';
import type { Figure } from '../report/figures.ts';

const run = promisify(execFile);
/** The whole of what the launcher may add to a call. */
const aimMs = 10;

/** What the launcher itself adds to a call that becomes runc: against a runc that does nothing. `config` is a container's as Docker writes it. */
export async function ownCost(folder: string, launcher: string, config: string, rounds: number): Promise<readonly Figure[]> {
  const program = await compileProgram(new URL('call-cost.c', import.meta.url), folder);
  const copy = join(folder, 'holdfast-runc');
  await copyFile(launcher, copy);
  await writeFile(`${copy}.conf`, `runc=${program}\nstate=${folder}\n`);
  await mkdir(join(folder, 'bundle'));
  await writeFile(join(folder, 'bundle/config.json'), config);
  const create = ['--root', '/run/x', '--log', join(folder, 'log.json'), '--log-format', 'json', 'create', '--bundle', join(folder, 'bundle'), 'c1'];
  const state = ['--root', '/run/x', 'state', 'c1'];
  const figures: Figure[] = [];
  for (const [name, words] of [
    ['state', state],
    ['create', create],
  ] as const) {
    const costs = { bare: [] as Cost[], launcher: [] as Cost[] };
    for (let turn = 0; turn < 10; turn++) {
      const share = Math.ceil(rounds / 10);
      costs.bare.push(...(await costOf(program, share, [program, ...words])));
      costs.launcher.push(...(await costOf(program, share, [copy, ...words])));
    }
    const added = costs.launcher.map(({ wallMs }, round) => wallMs - (costs.bare[round]?.wallMs ?? Number.NaN));
    const addedCpu = costs.launcher.map(({ cpuMs }, round) => cpuMs - (costs.bare[round]?.cpuMs ?? Number.NaN));
    figures.push(
      { name: `${name}: the launcher's own time`, unit: 'ms', aim: aimMs, runs: added },
      { name: `${name}: its processor time`, unit: 'ms', runs: addedCpu },
    );
  }
  return figures;
}

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function costOf(program: string, rounds: number, command: readonly string[]): Promise<readonly Cost[]> {
  const { stdout } = await run(program, [String(rounds), ...command], { maxBuffer: 1e7 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map((text) => Number(text) / 1000))
    .map(([wallMs = Number.NaN, cpuMs = Number.NaN]) => ({ wallMs, cpuMs }));
}
