import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import { local } from '@holdfast/driver-local';
import { openDeployment } from '@holdfast/engine';
import { untilBeating } from './gaps.ts';
import type { MeasuredJob } from './measured-job.ts';

export interface HoldfastJob extends MeasuredJob {
  /** The folder on whose file system Holdfast stages its images. */
  readonly stagingParent: string;
  /** What Holdfast says of each freeze, in order. */
  readonly reportedFreezeMs: readonly number[];
}

/** The program under Holdfast's engine, with nothing but snapshots on request. */
export async function startHoldfastJob(folder: string, program: string, sizeMib: number): Promise<HoldfastJob> {
  const work = join(folder, 'work');
  await mkdir(work, { recursive: true });
  // The job has a /tmp of its own, in which it sees its working directory and nothing else of ours.
  await copyFile(program, join(work, 'heartbeat'));
  await using parts = new AsyncDisposableStack();
  const deployment = parts.use(await openDeployment({ drivers: [local()], catalogs: [sqlite()], config: configuration(folder) }));
  await deployment.storage.provision();
  const run = parts.use(
    await deployment.run({
      job: `heartbeat-${sizeMib}`,
      command: ['./heartbeat', String(sizeMib), 'gaps'],
      workingDirectory: work,
      environment: { PATH: '/usr/bin:/bin' },
      interval: '1d',
      keep: 1,
    }),
  );
  const gapsFile = join(work, 'gaps');
  await untilBeating(gapsFile);
  const reportedFreezeMs: number[] = [];
  const owned = parts.move();
  return {
    name: 'holdfast',
    gapsFile,
    stagingParent: await stagingParent(),
    reportedFreezeMs,
    async dump() {
      reportedFreezeMs.push((await run.snapshot()).freezeMs);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function configuration(folder: string): Readonly<Record<string, unknown>> {
  const { HOLDFAST_RUNC: runc, HOLDFAST_CRIU: criu, HOLDFAST_NATIVE: native } = process.env;
  return {
    stateDirectory: join(folder, 'state'),
    tools: Object.fromEntries(Object.entries({ runc, criu, native }).filter(([, path]) => path !== undefined)),
  };
}

/** Holdfast stages in memory where that clearly fits, which it does for these sizes; with less memory the comparison would be unfair. */
async function stagingParent(): Promise<string> {
  const [, available = '0'] = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile('/proc/meminfo', 'utf8')) ?? [];
  if (Number(available) < 6 * 1024 * 1024) throw new Error('bench freeze needs 6 GiB of free memory, so that both sides stage in memory');
  return '/dev/shm';
}
