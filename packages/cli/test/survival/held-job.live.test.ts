import { HeldRun, killPid, machineGone, numberField } from '@holdfast/testkit/victims';
import { expect, it } from 'vitest';
import { errorOf, forget, makeLine, scratchFolder } from './interruptions.js';

it('a second line of a running job is told who holds it since when; it takes over once the holder is dead', async () => {
  const folder = await scratchFolder('held');
  const command = ['/bin/sh', '-c', 'n=0; while [ $n -lt 600 ]; do n=$((n+1)); echo $n >> counted; sleep 0.1; done'] as const;
  const line = await makeLine(folder, 'held', { command });
  const holder = new HeldRun(line, 0);
  expect(await holder.until(() => holder.has('snapshot.committed'), 60_000)).toBe(true);

  const refused = new HeldRun(line, 1);
  expect((await refused.ended).status).toBe(125);
  refused.close();
  expect(errorOf(refused).code).toBe('HF_JOB_HELD');
  const { message } = errorOf(refused);
  expect(message).toContain(String(holder.pid));
  expect(message).toMatch(/since .*\d\d:\d\d/);
  expect(holder.end).toBeUndefined();

  // Only Holdfast: its keeper and the job live on and must be ended first.
  killPid(holder.pid);
  await holder.ended;
  const told = holder.toldSnapshot();
  const heir = new HeldRun(line, 2);
  expect(await heir.until(() => heir.has('job.resumed'), 60_000)).toBe(true);
  expect(heir.has('leftovers.ended')).toBe(true);
  expect(numberField(heir.last('job.resumed') ?? { type: '' }, 'snapshot')).toBeGreaterThanOrEqual(told);
  expect(holder.view()?.group.exists()).toBe(false);
  await machineGone(heir);
  await machineGone(holder);
  await forget(folder);
});
