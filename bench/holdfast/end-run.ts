import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type HeldRun, killPid, machineGone } from '@holdfast/testkit/victims';

const deadlineMs = 30_000;
const groups = '/sys/fs/cgroup';

/** Ends a job by its own death, so that Holdfast clears up behind it. */
export async function endRun(run: HeldRun): Promise<void> {
  for (const pid of run.view()?.pidsOf('main') ?? []) killPid(pid);
  if (await run.until(() => run.has('job.exited'), deadlineMs))
    await Promise.race([run.ended, new Promise((resolve) => void setTimeout(resolve, deadlineMs).unref())]);
  if (run.end === undefined) await loseRun(run);
  run.close();
}

/** Kills all of a run as a machine that goes away does, and takes away what would have gone with it: its memory and its control groups. */
export async function loseRun(run: HeldRun): Promise<void> {
  const attempt = run.view()?.attempt;
  await machineGone(run);
  if (attempt === undefined) return;
  await rm(`/dev/shm/holdfast-${attempt}`, { recursive: true, force: true });
  for (const hierarchy of await readdir(groups)) await rmdir(join(groups, hierarchy, 'holdfast', `holdfast-${attempt}`)).catch(() => undefined);
}
