import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { VolumeMachine } from '@holdfast/testkit/juicefs';
import { killPid, readProcess } from '@holdfast/testkit/victims';
import { nowNs } from '../heartbeat/clock.ts';
import { gapSince, untilBeating } from '../heartbeat/watch.ts';
import { holdfastOn } from '../holdfast/bench-machine.ts';
import type { Costs } from './figures.ts';
import type { BenchJob } from './holdfast-costs.ts';

const run = promisify(execFile);
const criu = process.env['HOLDFAST_CRIU'] ?? 'criu';

/** `criu dump` and `criu restore` as their manual shows them, with the images in the volume: the job stands still until they are in the bucket. */
export async function straightCosts({ folder, program, sizeMib }: BenchJob, machine: (name: string) => Promise<VolumeMachine>): Promise<Costs> {
  await mkdir(folder);
  await using cleanup = new AsyncDisposableStack();
  const attach = async (name: string): Promise<VolumeMachine> => {
    const made = await machine(name);
    cleanup.defer(async () => void (await made.lose()));
    await holdfastOn(made, 'storage', 'attach');
    return made;
  };
  const images = ({ mountPath }: VolumeMachine): readonly string[] => ['--shell-job', '--images-dir', join(mountPath, 'straight')];
  const one = await attach('one');
  await mkdir(join(one.mountPath, 'straight'));
  // A session of its own, as CRIU wants the root of a dump to lead one.
  const job = spawn(program, [String(sizeMib), 'gaps'], { cwd: folder, detached: true, stdio: 'ignore' });
  const pid = job.pid ?? Number.NaN;
  cleanup.defer(() => void killPid(pid));
  const gapsFile = join(folder, 'gaps');
  await untilBeating(gapsFile);
  const [fromNs, from] = [nowNs(), performance.now()];
  await run(criu, ['dump', '--tree', String(pid), '--leave-running', ...images(one)], { timeout: 300_000 });
  // The client's close waits for the bucket, and CRIU has closed them all.
  const durableMs = performance.now() - from;
  const frozenMs = Number((await gapSince(gapsFile, fromNs)).lengthNs) / 1e6;
  const ended = once(job, 'exit');
  killPid(pid);
  await ended;
  await one.lose();
  const again = performance.now();
  const two = await attach('two');
  await run(criu, ['restore', '--restore-detached', ...images(two)], { timeout: 300_000 });
  const resumeMs = performance.now() - again;
  killPid(pid);
  while (readProcess(pid) !== undefined) await sleep(10);
  return { frozenMs, durableMs, resumeMs };
}
