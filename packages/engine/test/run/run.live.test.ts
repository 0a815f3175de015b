import { execFileSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { counting, eventTypes, leftOn, nextEvent, openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

const lines = async (): Promise<readonly string[]> => (await readFile(join(workshop.work, 'counted'), 'utf8')).trim().split('\n');
const soon = { timeout: 60_000, interval: 50 };
const upTo = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => String(index + 1));

test('a stopped job goes on where its last snapshot was, three times, and ends as if nothing had happened', async () => {
  const machine = await workshop.machine('a');
  for (let generation = 0; generation < 3; generation += 1) {
    const run = await workshop.run(machine, { script: counting(30, 'go') });
    expect(run.resumedFrom).toBe(generation === 0 ? undefined : generation);
    await vi.waitFor(async () => expect((await lines()).length).toBeGreaterThan(4 * (generation + 1)), soon);
    expect(await run.stop()).toMatchObject({ outcome: 'stopped', lastSnapshot: generation + 1, exitCode: 137, error: undefined });
  }
  const last = await workshop.run(machine, { script: counting(30, 'go') });
  await writeFile(join(workshop.work, 'go'), '');
  expect(await last.result).toMatchObject({ outcome: 'exited', exitCode: 0, resumedFrom: 3 });
  expect(await lines()).toEqual(upTo(30));
  expect(await leftOn(join(workshop.directory, 'a'))).toEqual([]);
});

test('a job that ended by itself starts anew, whatever its status; one that was killed resumes', async () => {
  const machine = await workshop.machine('a');
  const first = await workshop.run(machine, { script: 'exit 3' });
  expect(await first.result).toMatchObject({ outcome: 'exited', exitCode: 3 });
  expect(await nextEvent(first, 'job.exited')).toMatchObject({ exitCode: 3, byItself: true });
  const marker = `victim-${basename(workshop.directory)}`;
  const second = await workshop.run(machine, { script: `${counting(1000)}; : ${marker}` });
  expect(second.resumedFrom).toBeUndefined();
  const { number } = await second.snapshot();
  execFileSync('pkill', ['-KILL', '-f', marker]);
  expect(await second.result).toMatchObject({ outcome: 'lost', exitCode: 137 });
  expect(await nextEvent(second, 'job.exited')).toMatchObject({ exitCode: 137, byItself: false });
  const third = await workshop.run(machine, { script: counting(1000) });
  expect(third.resumedFrom).toBe(number);
  expect(await third.kill()).toMatchObject({ outcome: 'stopped' });
});

test('output redirected into a tracked folder goes on in its file after a resume, and is no part of the job', async () => {
  const machine = await workshop.machine('a');
  const path = join(workshop.work, 'out.txt');
  const request = () => ({
    script: 'for ((i = 1; i <= 20; i++)); do echo $i; sleep 0.1; done; until [ -e go ]; do sleep 0.05; done',
    streams: { stdin: 'inherit', stdout: openSync(path, 'a'), stderr: 'inherit' } as const,
  });
  const printed = async (): Promise<readonly string[]> => (await readFile(path, 'utf8')).trim().split('\n');
  const first = await workshop.run(machine, request());
  await vi.waitFor(async () => expect((await printed()).length).toBeGreaterThan(3), soon);
  await first.snapshot();
  // Some of them after the snapshot, where there are any left.
  const before = (await printed()).length;
  await vi.waitFor(async () => expect((await printed()).length).toBeGreaterThan(Math.min(before + 2, 19)), soon);
  await first.kill();
  const second = await workshop.run(machine, request());
  await writeFile(join(workshop.work, 'go'), '');
  expect(await second.result).toMatchObject({ outcome: 'exited', resumedFrom: 1 });
  expect(await eventTypes(second)).not.toContain('files.moved');
  expect([...new Set(await printed())]).toEqual(upTo(20));
});

test('a job that ends by itself while it is being stopped has ended: its status counts, and its line starts anew', async () => {
  const machine = await workshop.machine('a');
  const first = await workshop.run(machine, { script: 'until [ -e enough ]; do :; done; exit 3' });
  await writeFile(join(workshop.work, 'enough'), '');
  const [stopped, result] = await Promise.all([first.stop(), first.result]);
  expect(stopped).toEqual(result);
  // Either the job was quicker, or the snapshot was: never a mixture of both.
  if (result.outcome === 'exited') expect(result).toMatchObject({ exitCode: 3, lastSnapshot: undefined });
  else expect(result).toMatchObject({ outcome: 'stopped', lastSnapshot: 1 });
  const second = await workshop.run(machine, { script: 'exit 0' });
  expect(second.resumedFrom).toBe(result.lastSnapshot);
  await second.kill();
});

test('a listener that fails is its own affair', async () => {
  const machine = await workshop.machine('a');
  const broken = () => {
    throw new Error('metrics down');
  };
  const run = await machine.run(
    { job: 'job', command: ['true'], workingDirectory: workshop.work, environment: { PATH: '/usr/bin:/bin' } },
    { onEvent: broken },
  );
  expect(await run.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
});

test('after a stop nothing is printed twice, and that is not threatened', async () => {
  const machine = await workshop.machine('a');
  const first = await workshop.run(machine, { script: counting(1000) });
  await first.stop();
  const second = await workshop.run(machine, { script: counting(1000) });
  await second.snapshot();
  await second.kill();
  const third = await workshop.run(machine, { script: counting(1000) });
  await third.kill();
  expect(await eventTypes(second)).not.toContain('output.repeats');
  expect(await eventTypes(third)).toContain('output.repeats');
});

test('fresh starts anew although a snapshot exists, and that snapshot is never chosen again', async () => {
  const machine = await workshop.machine('a');
  const first = await workshop.run(machine, { script: counting(1000) });
  await first.stop();
  const anew = await workshop.run(machine, { script: counting(1000), fresh: true });
  expect(anew.resumedFrom).toBeUndefined();
  await anew.kill();
  const after = await workshop.run(machine, { script: 'true' });
  expect(after.resumedFrom).toBeUndefined();
  await after.result;
});

test('an attempt whose job another machine took over ends it and commits nothing more', async () => {
  const [here, there] = [await workshop.machine('a', { lease: { ttl: '600ms' } }), await workshop.machine('b')];
  // It writes nothing: two real machines have two disks, and these two share the folder, in which the one would write while the other puts it back.
  const script = 'while :; do sleep 0.05; done';
  const first = await workshop.run(here, { script });
  await first.snapshot();
  // The other machine has a catalog of its own: nothing but the repository stands between the two.
  const second = await workshop.run(there, { script, track: [] });
  expect(second.resumedFrom).toBe(1);
  expect(await first.result).toMatchObject({ outcome: 'lost' });
  expect(await nextEvent(first, 'job.exited')).toMatchObject({ byItself: false });
  expect(await eventTypes(first)).toContain('attempt.fenced');
  const { number } = await second.snapshot();
  expect(number).toBe(2);
  await second.kill();
  expect((await there.jobs.show('job')).snapshots.filter(({ eligible }) => eligible).map((snapshot) => snapshot.number)).toEqual([2, 1]);
});

test('of the snapshots the newest are kept, and the one resumed from until a newer one is committed', async () => {
  const machine = await workshop.machine('a');
  const first = await workshop.run(machine, { script: counting(1000), keep: 2 });
  for (let count = 0; count < 4; count += 1) await first.snapshot();
  await first.kill();
  const numbers = async (): Promise<readonly number[]> => (await machine.jobs.show('job')).snapshots.map(({ number }) => number);
  expect(await numbers()).toEqual([4, 3]);
  const second = await workshop.run(machine, { script: counting(1000), keep: 1 });
  expect(second.resumedFrom).toBe(4);
  expect(await numbers()).toContain(4);
  await second.snapshot();
  await nextEvent(second, 'snapshots.pruned');
  expect(await numbers()).toEqual([5]);
  await second.kill();
});

test('a run whose last snapshot was lost takes another that stands alone, and the job resumes from that', async () => {
  const machine = await workshop.machine('a');
  const run = await workshop.run(machine, { script: counting(1000) });
  await run.snapshot();
  for (const directory of ['manifests', 'packs']) {
    const path = join(workshop.storage, 'jobs/job', directory);
    for (const file of await readdir(path)) await rm(join(path, file));
  }
  expect((await run.snapshot()).number).toBe(2);
  await run.kill();
  const again = await workshop.run(machine, { script: counting(1000) });
  expect(again.resumedFrom).toBe(2);
  await again.kill();
  expect((await machine.jobs.verify('job')).problems).toEqual([]);
});

// Twelve bytes in each of 2,000 pages of random content: 8 MB of changed pages, which no compressor makes smaller.
const scattered = `
import os, sys, time
pages = 20000
memory = bytearray(os.urandom(pages * 4096))
step = 0
while step < 1000:
    step += 1
    for page in range(step % 10, pages, 10):
        at = page * 4096 + 64
        memory[at:at + 12] = b'%012d' % step
    print(step, flush=True)
    time.sleep(0.2)
`;

test('a few bytes changed in many pages are stored as the difference to the snapshot before, and the job resumes from that', async () => {
  const machine = await workshop.machine('a');
  const run = await workshop.run(machine, {
    script: `exec python3 -c "$SCRIPT"`,
    environment: { PATH: process.env['PATH'] ?? '', SCRIPT: scattered },
    // A twin leaves no images to compare with.
    memory: 'staged',
  });
  // All pages are there and most were changed once.
  await vi.waitFor(async () => expect(await workshop.output()).toContain('12\n'), { timeout: 30_000 });
  await run.snapshot();
  const stored: number[] = [];
  for (let count = 0; count < 3; count += 1) stored.push((await run.snapshot()).storedBytes);
  for (const bytes of stored) expect(bytes).toBeLessThan(2_500_000);
  await run.kill();
  const again = await workshop.run(machine, {
    script: `exec python3 -c "$SCRIPT"`,
    environment: { PATH: process.env['PATH'] ?? '', SCRIPT: scattered },
    // A twin leaves no images to compare with.
    memory: 'staged',
  });
  expect(again.resumedFrom).toBe(4);
  // The images that it was restored from are the first to be compared with.
  expect((await again.snapshot()).storedBytes).toBeLessThan(2_500_000);
  await again.kill();
  expect((await machine.jobs.verify('job')).problems).toEqual([]);
});

test('a second run of the same job is refused with who holds it; another process may ask for a snapshot', async () => {
  const [machine, same] = [await workshop.machine('a'), await workshop.machine('a')];
  const run = await workshop.run(machine, { script: counting(1000) });
  await expect(workshop.run(same, { script: counting(1000) })).rejects.toMatchObject({ code: 'HF_JOB_HELD', context: { pid: process.pid } });
  expect(await same.jobs.snapshot('job')).toMatchObject({ number: 1 });
  expect((await same.jobs.list()).items).toMatchObject([{ job: 'job', status: 'running' }]);
  await run.kill();
  await expect(same.jobs.snapshot('job')).rejects.toMatchObject({ code: 'HF_JOB_NOT_RUNNING' });
  expect((await same.jobs.list()).items).toMatchObject([{ job: 'job', status: 'interrupted' }]);
});

test('another process may stop a job: it hears of the last snapshot, and its next attempt goes on from there at once', async () => {
  const [machine, same] = [await workshop.machine('a'), await workshop.machine('a')];
  const run = await workshop.run(machine, { script: counting(1000) });
  expect(await Promise.all([same.jobs.stop('job'), same.jobs.stop('job')])).toEqual(
    Array.from({ length: 2 }, () => ({ job: 'job', outcome: 'stopped', lastSnapshot: 1 })),
  );
  const resumed = await workshop.run(same, { script: counting(1000) });
  expect(resumed.resumedFrom).toBe(1);
  expect(await run.result).toMatchObject({ outcome: 'stopped', lastSnapshot: 1 });
  await resumed.kill();
  await expect(same.jobs.stop('job')).rejects.toMatchObject({ code: 'HF_JOB_NOT_RUNNING' });
});

test('the end of a job does not break off the removal of old snapshots: the storage keeps as many as it shall, and the catalog names those', async () => {
  const machine = await workshop.machine('a');
  for (let round = 1; round <= 3; round += 1) {
    const over = Promise.withResolvers<void>();
    const run = await workshop.run(machine, { script: counting(1000), keep: 1, job: `job-${round}` });
    const first = run.snapshot();
    await first;
    void (async () => {
      for await (const event of run.events()) {
        if (event.type !== 'snapshot.committed' || event.number === 1) continue;
        await run.kill();
        over.resolve();
      }
    })();
    await run.snapshot();
    await over.promise;
    expect(await eventTypes(run)).toContain('snapshots.pruned');
    expect((await machine.jobs.show(`job-${round}`)).snapshots.map(({ number }) => number)).toEqual([2]);
    expect((await machine.jobs.totals()).snapshots).toBe(round);
  }
});

test('a run brings a catalog in line that names snapshots which are gone', async () => {
  const machine = await workshop.machine('a');
  const first = await workshop.run(machine, { script: counting(1000), keep: 1 });
  await first.snapshot();
  const { number } = await first.snapshot();
  await first.kill();
  await using catalog = await sqlite().open({ type: 'sqlite', path: join(workshop.directory, 'a', 'catalog.sqlite') });
  const [newest] = (await catalog.listCheckpoints('job')).items;
  if (newest === undefined) throw new Error('the catalog names no snapshot');
  await catalog.putCheckpoint({ ...newest, number: 1 });
  const second = await workshop.run(machine, { script: counting(1000) });
  await second.kill();
  expect((await catalog.listCheckpoints('job')).items.map((each) => each.number)).toEqual([number]);
});
