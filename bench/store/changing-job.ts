import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { changeOf, type Subject } from './subject.ts';

const seed = 20_261_122;
const deadlineMs = 120_000;

/** A live process that changes its memory on command. */
export interface ChangingJob extends AsyncDisposable {
  /** Resolves when the change is done. */
  change(): Promise<void>;
  /** Dumps it by CRIU into a new folder and leaves it running. */
  dump(imagesFolder: string): Promise<void>;
}

export async function startChangingJob(folder: string, program: string, { sizeMib, shape, content }: Subject): Promise<ChangingJob> {
  await mkdir(folder, { recursive: true });
  const { kind, percent } = changeOf(shape);
  const line = [sizeMib, content, kind, percent, seed, 'state'].map(String);
  // A session of its own, as CRIU wants the root of a dump to lead one.
  const job = spawn(program, line, { cwd: folder, detached: true, stdio: 'ignore' });
  const exited = once(job, 'exit');
  const untilSteps = async (count: number): Promise<void> => {
    for (const until = Date.now() + deadlineMs; Date.now() < until; await sleep(5)) {
      if (job.exitCode !== null || job.signalCode !== null) throw new Error(`the job ended with ${job.signalCode ?? job.exitCode}`);
      if ((await stat(join(folder, 'state')).catch(() => undefined))?.size === count) return;
    }
    throw new Error(`the job did not change its memory within ${deadlineMs} ms`);
  };
  let steps = 1;
  const stop = async (): Promise<void> => {
    job.kill('SIGKILL');
    await exited;
  };
  try {
    await untilSteps(steps);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async change() {
      steps += 1;
      job.kill('SIGUSR1');
      await untilSteps(steps);
    },
    async dump(imagesFolder) {
      await mkdir(imagesFolder, { recursive: true });
      const criu = process.env['HOLDFAST_CRIU'] ?? 'criu';
      const line = ['dump', '--tree', String(job.pid), '--leave-running', '--shell-job', '--images-dir', imagesFolder, '--log-file', 'dump.log'];
      await promisify(execFile)(criu, line, { timeout: deadlineMs });
      // Of no use to a restore; Holdfast leaves them out, so nobody gets them.
      for (const name of await readdir(imagesFolder)) if (name === 'dump.log' || name.startsWith('stats-')) await rm(join(imagesFolder, name));
    },
    [Symbol.asyncDispose]: stop,
  };
}
