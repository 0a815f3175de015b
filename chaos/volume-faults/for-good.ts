import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HeldRun, numberField, textField } from '@holdfast/testkit/victims';
import { longestGapMs } from './heartbeat.ts';
import { midPersist } from './mid-persist.ts';
import type { VolumeTally } from './play.ts';
import type { Stage } from './stage.ts';

/** Notes on the job's end are tried until a call's deadline, and what is attached is let go; none of it may take minutes. */
const endWithinMs = 90_000;
const resumeMs = 120_000;

/**
 * The bucket goes away while a snapshot is being stored and does not come back as long as the job runs: that ends with its own status, and Holdfast with it. Then the first
 * machine is lost, and the second one resumes the job from the newest snapshot that was told.
 */
export async function forGood(stage: Stage, run: HeldRun, tally: VolumeTally): Promise<void> {
  const { problems } = tally;
  if (!(await midPersist(run, resumeMs))) problems.push('away for good: no snapshot was being stored');
  await stage.servers.minio.kill();
  const failed = run.count('snapshot.failed');
  if (!(await run.until(() => run.count('snapshot.failed') > failed, resumeMs))) problems.push('away for good: it was not told');
  const message = textField(run.last('snapshot.failed') ?? { type: '' }, 'message') ?? '';
  if (!/The bucket '.*' does not answer/u.test(message)) problems.push(`away for good: a failed snapshot does not name it: ${message}`);
  await writeFile(join(stage.work, 'end'), '');
  if (!(await run.until(() => run.has('job.exited'), 10_000))) problems.push('away for good: the job did not end when it was told to');
  const exitedAt = performance.now();
  if (!(await run.until(() => run.end !== undefined, endWithinMs)))
    problems.push(`away for good: holdfast runs ${endWithinMs / 1000} s after the job's end`);
  tally.endedAfterMs = Math.round(performance.now() - exitedAt);
  if (run.end?.status !== 0) problems.push(`away for good: status ${run.end?.status} of a job that ended with 0`);
  // What is resumed writes on: its time since the snapshot is no standstill.
  tally.longestGapMs = await longestGapMs(stage.work);
  await stage.loseFirst();
  await stage.servers.minio.restart();
  await rm(join(stage.work, 'end'));
  const second = stage.start(stage.two);
  await second.until(() => second.has('job.resumed') || second.has('job.started'), resumeMs);
  const resumed = second.last('job.resumed');
  const from = resumed && numberField(resumed, 'snapshot');
  if (from === undefined || from < run.toldSnapshot())
    problems.push(`away for good: the job went on from ${from}, and ${run.toldSnapshot()} was told`);
  if (!(await second.until(() => second.has('snapshot.committed'), resumeMs))) problems.push('away for good: no snapshot after the resume');
  await writeFile(join(stage.work, 'end'), '');
  await second.until(() => second.end !== undefined, endWithinMs);
  if (second.end?.status !== 0) problems.push(`away for good: what was resumed ended with ${second.end?.status}`);
  await stage
    .command(stage.two, ['verify'])
    .catch((error: unknown) => problems.push(`verify: ${error instanceof Error ? error.message : String(error)}`));
}
