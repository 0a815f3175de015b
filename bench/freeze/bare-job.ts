import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { untilBeating } from './gaps.ts';
import type { MeasuredJob } from './measured-job.ts';

/** The program alone, and `criu dump` as its manual shows it. Images go to a folder below `stagingParent`, as Holdfast's do. */
export async function startBareJob(folder: string, stagingParent: string, program: string, sizeMib: number): Promise<MeasuredJob> {
  const criu = process.env['HOLDFAST_CRIU'] ?? 'criu';
  const gapsFile = join(folder, 'gaps');
  const staging = join(stagingParent, `bare-${process.pid}`);
  await mkdir(folder, { recursive: true });
  // A session of its own, as CRIU wants the root of a dump to lead one.
  const job = spawn(program, [String(sizeMib), 'gaps'], { cwd: folder, detached: true, stdio: 'ignore' });
  const exited = once(job, 'exit');
  const stop = async (): Promise<void> => {
    job.kill('SIGKILL');
    await exited;
    await rm(staging, { recursive: true, force: true });
  };
  try {
    await untilBeating(gapsFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: 'bare',
    gapsFile,
    async dump() {
      await mkdir(staging, { recursive: true });
      const line = ['dump', '--tree', String(job.pid), '--leave-running', '--shell-job', '--images-dir', staging, '--log-file', 'dump.log'];
      await promisify(execFile)(criu, line, { timeout: 120_000 });
      await rm(staging, { recursive: true });
    },
    [Symbol.asyncDispose]: stop,
  };
}
