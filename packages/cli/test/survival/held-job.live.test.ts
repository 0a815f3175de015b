import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Appends to a file that it holds open: whoever put that back under its feet would be found out. */
const counting = ['/bin/sh', '-c', 'exec >> counted; n=0; while [ $n -lt 600 ]; do n=$((n+1)); echo $n; sleep 0.05; done'] as const;

it('a job whose Holdfast was killed is ended and resumed by its line under another state directory of the same machine', async () => {
  const folder = await scratchFolder('moved');
  const line = await makeLine(folder, 'moved', { command: counting });
  const dead = new HeldRun(line, 0);
  expect(await dead.until(() => dead.has('snapshot.committed'), 60_000)).toBe(true);
  killPid(dead.pid);
  await dead.ended;
  expect(dead.view()?.group.exists()).toBe(true);
  const heir = new HeldRun({ ...line, stateDirectory: join(folder, 'other-state') }, 1);
  expect(await heir.until(() => heir.has('job.resumed') || heir.end !== undefined, 60_000)).toBe(true);
  expect([heir.has('leftovers.ended'), heir.has('job.resumed'), dead.view()?.group.exists()]).toEqual([true, true, false]);
  expect(await readdir(join(line.stateDirectory, 'runs'))).toEqual([]);
  await machineGone(heir);
  await machineGone(dead);
  await forget(folder);
});

it('processes of a job that nobody keeps any more are named, with what ends them, and nothing is changed', async () => {
  const folder = await scratchFolder('orphan');
  const line = await makeLine(folder, 'orphan', { command: counting });
  const dead = new HeldRun(line, 0);
  expect(await dead.until(() => dead.has('snapshot.committed'), 60_000)).toBe(true);
  const keepers = dead.view()?.pidsOf('keeper') ?? [];
  expect(keepers).toHaveLength(1);
  killPid(dead.pid);
  await dead.ended;
  keepers.forEach(killPid);
  const heir = new HeldRun({ ...line, stateDirectory: join(folder, 'other-state') }, 1);
  expect((await heir.ended).status).toBe(125);
  heir.close();
  const error = errorOf(heir);
  expect(error.code).toBe('HF_JOB_HELD');
  expect(error.hint).toContain('kill -9 ');
  expect(dead.view()?.group.exists()).toBe(true);
  await machineGone(dead);
  await forget(folder);
});
