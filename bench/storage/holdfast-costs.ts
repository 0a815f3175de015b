import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HeldRun, machineGone, numberField } from '@holdfast/testkit/victims';
import { untilBeating } from '../heartbeat/watch.ts';
import { type BenchMachine, holdfast, holdfastOn } from '../holdfast/bench-machine.ts';
import type { Costs } from './figures.ts';

export interface BenchJob {
  /** Of this measurement alone. */
  readonly folder: string;
  readonly program: string;
  readonly sizeMib: number;
}

const deadlineMs = 300_000;

/** One snapshot of a job on one machine, which is lost then, and its resume on a second one. */
export async function holdfastCosts({ folder, program, sizeMib }: BenchJob, machine: (name: string) => Promise<BenchMachine>): Promise<Costs> {
  const [work, logs] = [join(folder, 'work'), join(folder, 'logs')];
  for (const place of [work, logs]) await mkdir(place, { recursive: true });
  await copyFile(program, join(work, 'heartbeat'));
  const start = ({ configFile, stateDirectory, environment }: BenchMachine, number: number): HeldRun => {
    const more = ['--config', configFile];
    const command: readonly [string, ...string[]] = ['./heartbeat', String(sizeMib), 'gaps'];
    const line = { holdfast, stateDirectory, environment, job: 'bench', interval: '1d', more, workingDirectory: work, command, logs };
    return new HeldRun(line, number);
  };
  await using cleanup = new AsyncDisposableStack();
  const use = async (name: string): Promise<BenchMachine> => {
    const made = await machine(name);
    cleanup.defer(async () => void (await made.lose()));
    return made;
  };
  const one = await use('one');
  await holdfastOn(one, 'storage', 'provision');
  const first = start(one, 1);
  cleanup.defer(async () => void (await machineGone(first)));
  await untilBeating(join(work, 'gaps'));
  await holdfastOn(one, 'snapshot', 'bench');
  const committed = first.last('snapshot.committed');
  if (committed === undefined) throw new Error(`no snapshot was committed; logs are in ${logs}`);
  await machineGone(first);
  await one.lose();
  const two = await use('two');
  const second = start(two, 2);
  cleanup.defer(async () => void (await machineGone(second)));
  await second.until(() => second.has('job.resumed'), deadlineMs);
  const resumedAt = second.last('job.resumed')?.at;
  if (resumedAt === undefined) throw new Error(`the job was not resumed; logs are in ${logs}`);
  return {
    frozenMs: numberField(committed, 'freezeMs') ?? Number.NaN,
    durableMs: numberField(committed, 'totalMs') ?? Number.NaN,
    resumeMs: Date.parse(resumedAt) - second.startedAt,
  };
}
