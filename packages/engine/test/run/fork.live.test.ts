import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { counting, openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

const lines = async (): Promise<readonly string[]> => (await readFile(join(workshop.work, 'counted'), 'utf8')).trim().split('\n');
const reached = (count: number): Promise<void> =>
  vi.waitFor(async () => expect((await lines()).length).toBeGreaterThanOrEqual(count), { timeout: 60_000, interval: 50 });
/** Only once the job runs: what is there before a resume is moved away by it. */
const letEnd = (): Promise<void> => writeFile(join(workshop.work, 'go'), '');
const upTo = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => String(index + 1));

test('a fork goes on from the snapshot by itself, and the job it came from as if it were not there', async () => {
  const machine = await workshop.machine('a');
  const first = await workshop.run(machine, { script: counting(20, 'go') });
  await reached(6);
  await first.stop();
  const forked = await machine.jobs.fork('job', { to: 'what-if' });
  expect(forked).toEqual({ job: 'what-if', number: 1, from: { job: 'job', number: 1 }, warning: undefined });
  expect((await machine.jobs.list()).items.map(({ job, status }) => [job, status])).toContainEqual(['what-if', 'interrupted']);
  const fork = await workshop.run(machine, { job: 'what-if', script: counting(20, 'go') });
  expect(fork.resumedFrom).toBe(1);
  await reached(9);
  expect(await fork.snapshot()).toMatchObject({ number: 2 });
  await letEnd();
  expect(await fork.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect(await lines()).toEqual(upTo(20));
  await machine.jobs.prune('what-if', 1);
  const again = await workshop.run(machine, { script: counting(20, 'go') });
  expect(again.resumedFrom).toBe(1);
  await letEnd();
  expect(await again.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect(await lines()).toEqual(upTo(20));
  expect(await machine.jobs.verify(undefined)).toMatchObject({ ok: true, problems: [] });
  expect((await machine.jobs.show('what-if')).forkedFrom).toEqual({ job: 'job', number: 1 });
});

test('one line makes the new job and resumes it, and is refused once that has ended or where its name is taken', async () => {
  const machine = await workshop.machine('a');
  const first = await workshop.run(machine, { script: counting(20, 'go') });
  await reached(4);
  await first.stop();
  const line = { job: 'new', from: { job: 'job' }, script: counting(20, 'go') };
  const fork = await workshop.run(machine, line);
  expect(fork.resumedFrom).toBe(1);
  await reached(7);
  expect(await fork.stop()).toMatchObject({ outcome: 'stopped', lastSnapshot: 2 });
  // How long a freeze took the catalog alone tells: it has heard of the first snapshot too.
  expect((await machine.jobs.show('new')).snapshots.map(({ number, freezeMs }) => [number, freezeMs !== undefined])).toEqual([
    [2, true],
    [1, true],
  ]);
  const resumed = await workshop.run(machine, line);
  expect(resumed.resumedFrom).toBe(2);
  await letEnd();
  expect(await resumed.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect(await lines()).toEqual(upTo(20));
  await expect(workshop.run(machine, line)).rejects.toMatchObject({
    code: 'HF_JOB_EXISTS',
    message: expect.stringContaining('has ended') as unknown,
  });
  await expect(workshop.run(machine, { ...line, job: 'job', from: { job: 'new' } })).rejects.toMatchObject({ code: 'HF_JOB_EXISTS' });
  await expect(workshop.run(machine, { ...line, from: { job: 'nobody' }, job: 'newer' })).rejects.toMatchObject({ code: 'HF_CHECKPOINT_MISSING' });
});

test('while a relative runs on the machine a fork is neither made nor resumed, and another machine may do both', async () => {
  const [machine, other] = [await workshop.machine('a'), await workshop.machine('b')];
  const first = await workshop.run(machine, { script: counting(1000) });
  await first.snapshot();
  const line = { job: 'new', from: { job: 'job' }, script: counting(1000) };
  const refused = { code: 'HF_RESTORE_REFUSED', message: expect.stringContaining('job job runs on this machine') as unknown };
  await expect(workshop.run(machine, line)).rejects.toMatchObject(refused);
  await expect(machine.jobs.show('new')).rejects.toMatchObject({ code: 'HF_JOB_MISSING' });
  await machine.jobs.fork('job', { to: 'new' });
  await expect(workshop.run(machine, line)).rejects.toMatchObject(refused);
  await first.kill();
  const fork = await workshop.run(other, line);
  expect(fork.resumedFrom).toBe(1);
  await expect(workshop.run(other, { script: counting(1000) })).rejects.toMatchObject({ code: 'HF_RESTORE_REFUSED' });
  await fork.kill();
});
