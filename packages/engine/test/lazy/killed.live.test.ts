import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Run } from '../../dist/index.js';
import { endQuietly } from '../container/killable.js';
import { until } from '../container/machine.js';
import { nextEvent, openWorkshop, type Workshop } from '../run/workshop.js';
import { summing } from './lazy-job.js';
import { keeper, pager, processesOf, repository, spare } from './lazy-processes.js';

const program = fileURLToPath(new URL('run-in-child.ts', import.meta.url));
const mib = 160;

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

const turns = async (): Promise<readonly string[]> =>
  (await readFile(join(workshop.work, 'turns'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

/** All that it ever added up is right: no page was ever anything else than what it was. */
async function expectRight(): Promise<void> {
  const sums = new Set((await turns()).map((line) => line.split(' ')[1]));
  expect(sums.size).toBeLessThanOrEqual(1);
}

async function begun(): Promise<Awaited<ReturnType<Workshop['machine']>>> {
  const machine = await workshop.machine('a');
  const first = await workshop.run(machine, { script: summing(mib) });
  await vi.waitFor(async () => expect((await turns()).length).toBeGreaterThan(0), { timeout: 60_000, interval: 50 });
  await first.snapshot();
  await first.kill();
  return machine;
}

/** Waits for the pager, or until it can have come and gone, and kills some time after. */
async function killSoon(started: Promise<unknown>, victim: () => readonly number[]): Promise<void> {
  let isOver = false;
  const over = (): void => void (isOver = true);
  started.then(over, over);
  await until(() => isOver || processesOf(pager, workshop.directory).length === 1);
  await delay(Math.random() * 900);
  for (const pid of victim()) endQuietly(pid);
}

async function expectSameSnapshot(machine: Awaited<ReturnType<Workshop['machine']>>): Promise<void> {
  const last = await workshop.run(machine, { script: summing(mib), resume: 'lazy' });
  expect(last.resumedFrom).toBe(1);
  // What is there before the resume is moved away by it.
  await writeFile(join(workshop.work, 'enough'), '');
  expect(await last.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  await expectRight();
}

test('whichever part is killed at whichever time, the job never reads anything else: it goes on, or is resumed from the same snapshot', async () => {
  const machine = await begun();
  for (const victim of [pager, keeper, repository, spare]) {
    const starting = workshop.run(machine, { script: summing(mib), resume: 'lazy' }).catch((error: unknown) => error);
    await killSoon(starting, () => processesOf(victim, workshop.directory));
    const run = await starting;
    // Where it was killed before the job ran, the restore has failed.
    if (run instanceof Error) continue;
    const started = run as Run;
    // A restore that failed once is tried again, with all memory first.
    if ((await nextEvent(started, 'job.resumed')).missingBytes !== undefined)
      await Promise.race([started.result, nextEvent(started, 'resume.whole').catch(() => undefined)]);
    const result = await started.kill();
    if (result.outcome === 'lost' && victim === pager) expect(result.error?.code).toBe('HF_MEMORY_LOST');
    await expectRight();
  }
  await expectSameSnapshot(machine);
}, 600_000);

test('the end of the pager is told as lost memory, not as the end of the job that it brings about', async () => {
  const machine = await begun();
  const run = await workshop.run(machine, { script: summing(mib), resume: 'lazy' });
  for (const pid of processesOf(pager, workshop.directory)) process.kill(pid, 'SIGKILL');
  expect(await run.result).toMatchObject({ outcome: 'lost', error: { code: 'HF_MEMORY_LOST' } });
  await expectSameSnapshot(machine);
});

test('a job whose Holdfast is killed is ended where pages are missing, and resumed from the same snapshot', async () => {
  const machine = await begun();
  const child = spawn(process.execPath, [program, workshop.directory, summing(mib)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const closed = once(child, 'close');
  await killSoon(closed, () => (child.pid === undefined ? [] : [child.pid]));
  await closed;
  await vi.waitFor(() => expect(processesOf(pager, workshop.directory)).toEqual([]), { timeout: 60_000, interval: 20 });
  await expectSameSnapshot(machine);
});
