import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment } from '@holdfast/engine';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repositoryProcesses } from '../repository/repository-processes.js';
import { type JuicefsVolume, juicefsVolume } from './juicefs-volume.js';
import { counting, openWorkshop, type Workshop } from './workshop.js';

const program = process.env['HOLDFAST_JUICEFS'];
const live = test.skipIf(program === undefined && process.env['CI'] !== 'true');
const because = program === undefined ? ' (needs HOLDFAST_JUICEFS, the JuiceFS client)' : '';

let workshop: Workshop;
let volume: JuicefsVolume;
let machine: Deployment;
beforeEach(async () => {
  if (program === undefined) return;
  workshop = await openWorkshop();
  volume = await juicefsVolume(program, join(workshop.directory, 'volume'));
  await volume.mount();
  machine = await openMachine();
});
afterEach(async () => {
  if (program === undefined) return;
  // Detached before the mount is taken away, and its folder removed after that.
  await machine[Symbol.asyncDispose]();
  await volume[Symbol.asyncDispose]();
  await workshop[Symbol.asyncDispose]();
});

function openMachine(more: Readonly<Record<string, unknown>> = {}): Promise<Deployment> {
  return workshop.machine('a', { storage: { type: 'local', path: join(volume.mountPoint, 'storage') }, ...more });
}

/** Lines, of which the job may not have written the first one yet. */
async function counted(): Promise<number> {
  return (await readFile(join(workshop.work, 'counted'), 'utf8').catch(() => '')).split('\n').length - 1;
}

live(
  `a client that is killed fails snapshots by its name, and nothing is written below it; mounted again, the next one commits${because}`,
  async () => {
    const run = await workshop.run(machine, { script: counting(1000) });
    await run.snapshot();
    const [before] = repositoryProcesses();
    await volume.kill();
    await expect(run.snapshot()).rejects.toMatchObject({
      code: 'HF_STORAGE_IO',
      message: expect.stringMatching(/the client behind the mount is gone \((ECONNABORTED|ENOTCONN)\)/u) as unknown,
    });
    await volume.unmount();
    await expect(run.snapshot()).rejects.toMatchObject({ code: 'HF_REPOSITORY_MISSING', kind: 'unavailable' });
    expect(await readdir(volume.mountPoint)).toEqual([]);
    const reached = await counted();
    await volume.mount();
    const { number } = await run.snapshot();
    expect(repositoryProcesses()).not.toContain(before);
    expect(await counted()).toBeGreaterThanOrEqual(reached);
    await run.kill();
    const resumed = await workshop.run(machine, { script: counting(1000) });
    expect(resumed.resumedFrom).toBe(number);
    await resumed.kill();
    expect((await machine.jobs.verify(undefined)).problems).toEqual([]);
  },
);

live(`a client that is killed while a snapshot is stored costs that one alone${because}`, async () => {
  const script = 'import os, time\nkeep = os.urandom(200_000_000)\nopen("ready", "w").close()\ntime.sleep(1000)';
  const run = await workshop.run(machine, { script: '', command: ['python3', '-c', script] });
  await expect.poll(() => readdir(workshop.work), { timeout: 90_000 }).toContain('ready');
  const failing = run.snapshot();
  const refused = expect(failing).rejects.toMatchObject({ code: 'HF_STORAGE_IO', kind: 'unavailable' });
  const packs = join(volume.mountPoint, 'storage', 'jobs', 'job', 'packs');
  await expect.poll(() => readdir(packs).catch(() => []), { timeout: 90_000, interval: 20 }).not.toEqual([]);
  await volume.kill();
  await refused;
  await volume.unmount();
  await volume.mount();
  const { number } = await run.snapshot();
  await run.kill();
  expect((await machine.jobs.show('job')).snapshots.map((snapshot) => snapshot.number)).toEqual([number]);
  expect((await machine.jobs.verify(undefined)).problems).toEqual([]);
});

live(`a mount that is replaced between two snapshots is not noticed${because}`, async () => {
  const run = await workshop.run(machine, { script: counting(1000) });
  const first = await run.snapshot();
  await volume.kill();
  await volume.unmount();
  await volume.mount();
  expect((await run.snapshot()).number).toBeGreaterThan(first.number);
  expect(await run.stop()).toMatchObject({ outcome: 'stopped', error: undefined });
});

live(`a client that hangs fails the snapshot at its deadline, and the next one commits when it goes on${because}`, async () => {
  await machine[Symbol.asyncDispose]();
  machine = await openMachine({ limits: { commitTimeout: '5s' } });
  const run = await workshop.run(machine, { script: counting(1000) });
  await run.snapshot();
  const reached = await counted();
  await volume.pause();
  await expect(run.snapshot()).rejects.toMatchObject({ code: 'HF_STORAGE_TIMEOUT' });
  expect(await counted()).toBeGreaterThan(reached);
  await volume.resume();
  await run.snapshot();
  await run.kill();
});
