import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { nowNs } from '../heartbeat/clock.ts';
import { firstBeatNs } from '../heartbeat/report.ts';
import { untilBeating, untilReport } from '../heartbeat/watch.ts';
import { endSession } from '../programs/end-session.ts';
import type { MeasuredResume } from './measured-resume.ts';

const run = promisify(execFile);
const deadlineMs = 300_000;

/** The images of one dumped job, which `criu restore` brings back as often as is wanted. */
export interface BareImages {
  readonly folder: string;
  /** Restores the job, and ends it. */
  resume(): Promise<MeasuredResume>;
}

/** Dumps the program by `criu dump`, which ends it. `folder` is made. */
export async function dumpBare(folder: string, program: string, sizeMib: number): Promise<BareImages> {
  const criu = process.env['HOLDFAST_CRIU'] ?? 'criu';
  const [images, report] = [join(folder, 'images'), join(folder, 'report')];
  await mkdir(images, { recursive: true });
  const options = ['--shell-job', '--images-dir', images];
  // A session of its own, as CRIU wants the root of a dump to lead one.
  const job = spawn(program, [String(sizeMib), report], { cwd: folder, detached: true, stdio: 'ignore' });
  const { pid } = job;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  const exited = once(job, 'exit');
  try {
    await untilBeating(report);
    await run(criu, ['dump', '--tree', String(pid), ...options, '--log-file', 'dump.log'], { timeout: deadlineMs });
  } finally {
    endSession(pid);
    await exited;
  }
  return {
    folder: images,
    async resume() {
      const fromNs = nowNs();
      try {
        await run(criu, ['restore', '--restore-detached', ...options, '--log-file', 'restore.log'], { timeout: deadlineMs });
        const beatNs = await untilReport(report, (read) => firstBeatNs(read, fromNs), 30_000, 'write anything after its restore');
        const firstWriteMs = Number(beatNs - fromNs) / 1e6;
        return { firstWriteMs, allPagesMs: firstWriteMs };
      } finally {
        endSession(pid);
        // Not before it is waited for, which the machine's first process does, has CRIU its number for the next one.
        for (const endMs = Date.now() + deadlineMs; existsSync(`/proc/${pid}`) && Date.now() < endMs; ) await sleep(10);
      }
    },
  };
}
