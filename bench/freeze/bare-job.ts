import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { untilBeating } from '../heartbeat/watch.ts';
import { endSession } from '../programs/end-session.ts';
import { heartbeatArguments, type JobShape } from './job-shape.ts';
import type { JobPlace, MeasuredJob } from './measured-job.ts';

const deadlineMs = 300_000;

/** The program alone, and `criu dump` as its manual shows it, with the images in memory or on disk. */
export async function startBareJob({ folder, memoryFolder, program }: JobPlace, shape: JobShape, to: 'tmpfs' | 'disk'): Promise<MeasuredJob> {
  const criu = process.env['HOLDFAST_CRIU'] ?? 'criu';
  const report = join(folder, 'report');
  const images = join(to === 'tmpfs' ? memoryFolder : folder, 'images');
  await mkdir(folder, { recursive: true });
  // A session of its own, as CRIU wants the root of a dump to lead one.
  const job = spawn(program, heartbeatArguments(shape, report), { cwd: folder, detached: true, stdio: 'ignore' });
  const { pid } = job;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  const exited = once(job, 'exit');
  await using stop = new AsyncDisposableStack();
  stop.defer(() => rm(images, { recursive: true, force: true }));
  stop.defer(async () => {
    endSession(pid);
    await exited;
  });
  await untilBeating(report);
  const owned = stop.move();
  return {
    report,
    pid,
    async dump() {
      await mkdir(images, { recursive: true });
      const line = ['dump', '--tree', String(pid), '--leave-running', '--shell-job', '--images-dir', images, '--log-file', 'dump.log'];
      await promisify(execFile)(criu, line, { timeout: deadlineMs });
      await rm(images, { recursive: true });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
