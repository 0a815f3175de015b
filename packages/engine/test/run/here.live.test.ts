import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openWorkshop, type Workshop } from './workshop.js';

const numbers = (count: number): string => Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('');

/** Counts, until it is told to end, into a file that it holds open, one that it opens by a relative path and one by its absolute path. */
function counting({ work }: Workshop): string {
  return `exec 3>> held; for ((i = 1; ; i++)); do echo $i >&3; echo $i >> relative; echo $i >> ${work}/absolute; [ ! -e go ] || break; sleep 0.1; done; pwd`;
}

async function expectCounted(folder: string): Promise<void> {
  const [held = '', ...others] = await Promise.all(['held', 'relative', 'absolute'].map((name) => readFile(join(folder, name), 'utf8')));
  expect(held).toBe(numbers(held.split('\n').length - 1));
  expect(others).toEqual([held, held]);
}

test.each([
  { place: 'of the machine itself', parent: '/var/tmp' },
  { place: 'in /tmp, of which the job has its own', parent: tmpdir() },
])('a fork comes to another directory, and goes on there; its first one, $place, is left alone', async ({ parent }) => {
  await using workshop = await openWorkshop(parent);
  const machine = await workshop.machine('a');
  const script = counting(workshop);
  const first = await workshop.run(machine, { script });
  await delay(600);
  await first.stop();
  const before = execFileSync('bash', ['-c', 'ls -Al --time-style=full-iso; sha256sum *'], { cwd: workshop.work, encoding: 'utf8' });

  const there = join(workshop.directory, 'there');
  await mkdir(there);
  const line = { job: 'new', from: { job: 'job' }, script, workingDirectory: there, here: true };
  const fork = await workshop.run(machine, line);
  expect(fork.resumedFrom).toBe(1);
  await delay(400);
  expect(await fork.stop()).toMatchObject({ outcome: 'stopped', lastSnapshot: 2 });
  // Where it is now is known: wherever the line is run from.
  const again = await workshop.run(machine, { job: 'new', script });
  expect(again.resumedFrom).toBe(2);
  await writeFile(join(there, 'go'), '');
  expect(await again.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  await expectCounted(there);
  expect(await workshop.output()).toBe(`${workshop.work}\n`);
  expect(execFileSync('bash', ['-c', 'ls -Al --time-style=full-iso; sha256sum *'], { cwd: workshop.work, encoding: 'utf8' })).toBe(before);
});

test('a job comes to another directory of a machine that has not the first one', async () => {
  await using workshop = await openWorkshop('/var/tmp');
  const script = counting(workshop);
  const first = await workshop.run(await workshop.machine('a'), { script });
  await delay(600);
  await first.stop();
  await rm(workshop.work, { recursive: true });
  const there = join(workshop.directory, 'there');
  await mkdir(there);
  const second = await workshop.run(await workshop.machine('b'), { script, workingDirectory: there, here: true });
  expect(second.resumedFrom).toBe(1);
  await writeFile(join(there, 'go'), '');
  expect(await second.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  await expectCounted(there);
});

test('a fork in a directory of its own runs beside the job that it was made from, and is resumed beside it; in the same directory it is refused', async () => {
  await using workshop = await openWorkshop('/var/tmp');
  const machine = await workshop.machine('a');
  const script = 'i=0; until [ -e go ]; do i=$((i + 1)); echo $i > now; sleep 0.1; done; echo ended in $(pwd) >> said';
  const first = await workshop.run(machine, { script });
  await first.snapshot();
  const there = join(workshop.directory, 'there');
  await mkdir(there);
  const line = { job: 'new', from: { job: 'job' }, script, workingDirectory: there, here: true };
  const shared = { code: 'HF_RESTORE_REFUSED', hint: expect.stringContaining('--here') as unknown };
  await expect(workshop.run(machine, { ...line, here: false })).rejects.toMatchObject(shared);
  await expect(workshop.run(machine, { ...line, workingDirectory: workshop.work })).rejects.toMatchObject(shared);
  const fork = await workshop.run(machine, line);
  expect(fork.resumedFrom).toBe(1);
  expect(await fork.stop()).toMatchObject({ outcome: 'stopped', lastSnapshot: 2 });
  const again = await workshop.run(machine, { job: 'new', script });
  await writeFile(join(there, 'go'), '');
  expect(await again.result).toMatchObject({ outcome: 'exited', exitCode: 0, resumedFrom: 2 });
  await writeFile(join(workshop.work, 'go'), '');
  expect(await first.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  for (const folder of [there, workshop.work]) expect(await readFile(join(folder, 'said'), 'utf8')).toBe(`ended in ${workshop.work}\n`);
});
