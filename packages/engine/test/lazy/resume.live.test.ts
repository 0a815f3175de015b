import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nextEvent, openWorkshop, type Workshop } from '../run/workshop.js';
import { summing } from './lazy-job.js';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

const turns = async (): Promise<readonly string[]> => (await readFile(join(workshop.work, 'turns'), 'utf8')).trim().split('\n');

test('a job runs before its memory is there, and computes the same; its snapshots wait for it', async () => {
  const machine = await workshop.machine('a');
  const first = await workshop.run(machine, { script: summing(96) });
  await vi.waitFor(async () => expect((await turns()).length).toBeGreaterThan(2), { timeout: 60_000, interval: 50 });
  await first.snapshot();
  await first.kill();
  const second = await workshop.run(machine, { script: summing(96), resume: 'lazy' });
  // How much is still missing then is a matter of a moment.
  expect((await nextEvent(second, 'job.resumed')).missingBytes).toBeDefined();
  const { number } = await second.snapshot();
  expect((await nextEvent(second, 'resume.whole')).bytes).toBeGreaterThan(96 * 1024 ** 2);
  await second.kill();
  const third = await workshop.run(machine, { script: summing(96), resume: 'lazy' });
  expect(third.resumedFrom).toBe(number);
  await writeFile(join(workshop.work, 'enough'), '');
  expect(await third.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect(new Set((await turns()).map((line) => line.split(' ')[1])).size).toBe(1);
});
