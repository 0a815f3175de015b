import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HeldRun, numberField, textField } from '@holdfast/testkit/victims';
import { nowNs } from '../heartbeat/clock.ts';
import { firstBeatNs } from '../heartbeat/report.ts';
import { untilBeating, untilReport } from '../heartbeat/watch.ts';
import { type BenchMachine, holdfast, holdfastOn } from '../holdfast/bench-machine.ts';
import { loseRun } from '../holdfast/end-run.ts';
import type { MeasuredResume } from './measured-resume.ts';

const deadlineMs = 600_000;

/** A job with one snapshot, whose machine is gone; it is resumed as often as is wanted. */
export interface HeldJob {
  /** Of the files that come back with it. */
  readonly fileBytes: number;
  /** What the snapshot takes in the store. */
  readonly storedBytes: number;
  /** `holdfast run` on a new machine that has the storage at hand; the machine is lost then. `options` go before the job's command. */
  resume(machine: BenchMachine, options: readonly string[]): Promise<MeasuredResume>;
}

/** Runs the program on a machine, takes one snapshot and loses the machine. `folder` is made; the job's own files lie in it. */
export async function holdJob(folder: string, program: string, sizeMib: number, machine: BenchMachine): Promise<HeldJob> {
  const [work, logs] = [join(folder, 'work'), join(folder, 'logs')];
  for (const each of [work, logs]) await mkdir(each, { recursive: true });
  await copyFile(program, join(work, 'heartbeat'));
  const report = join(work, 'report');
  let attempts = 0;
  const start = ({ configFile, stateDirectory, environment }: BenchMachine, options: readonly string[]): HeldRun => {
    attempts += 1;
    const command: readonly [string, ...string[]] = ['./heartbeat', String(sizeMib), 'report'];
    const more = ['--config', configFile, ...options];
    return new HeldRun(
      { holdfast, stateDirectory, environment, job: 'bench', interval: '1d', more, workingDirectory: work, command, logs },
      attempts,
    );
  };
  const run = start(machine, []);
  let storedBytes = Number.NaN;
  try {
    await untilBeating(report);
    await holdfastOn(machine, 'snapshot', 'bench');
    await run.until(() => run.has('snapshot.committed'), deadlineMs);
    const committed = run.last('snapshot.committed');
    if (committed === undefined) throw new Error(`no snapshot was committed; logs are in ${logs}`);
    storedBytes = numberField(committed, 'storedBytes') ?? storedBytes;
  } finally {
    await loseRun(run);
    await machine.lose();
  }
  return {
    fileBytes: await bytesOfFiles(work),
    storedBytes,
    async resume(next, options) {
      const fromNs = nowNs();
      const resumed = start(next, options);
      try {
        const beat = untilReport(report, (read) => firstBeatNs(read, fromNs), deadlineMs, 'write anything after its resume');
        const firstWriteMs = Number((await beat) - fromNs) / 1e6;
        if (!resumed.has('job.resumed')) await resumed.until(() => resumed.has('job.resumed'), 30_000);
        const eager = resumed.last('resume.eager');
        if (eager !== undefined) throw new Error(`it was resumed eagerly: ${textField(eager, 'reason') ?? 'it does not say why'}`);
        const pagesIn = await untilAllPagesIn(resumed);
        return { firstWriteMs, allPagesMs: Math.max(firstWriteMs, pagesIn) };
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : String(error)}; logs are in ${logs}`, { cause: error });
      } finally {
        await loseRun(resumed);
        await next.lose();
      }
    },
  };
}

/** Milliseconds from the start of the line; 0 where all pages were there before the job ran. */
async function untilAllPagesIn(run: HeldRun): Promise<number> {
  const missing = numberField(run.last('job.resumed') ?? { type: '' }, 'missingBytes') ?? 0;
  if (missing === 0) return 0;
  await run.until(() => run.has('resume.whole'), deadlineMs);
  const whole = run.last('resume.whole');
  if (whole?.at === undefined) throw new Error(`pages are still missing after ${deadlineMs} ms, or the job has ended`);
  return Date.parse(whole.at) - run.startedAt;
}

async function bytesOfFiles(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
