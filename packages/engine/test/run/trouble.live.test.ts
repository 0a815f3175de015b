import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunEvent } from '../../src/run/events.js';
import { counting, eventTypes, nextEvent, openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

function repositoryProcess(): number {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' }).split('\n');
  return Number.parseInt(lines.find((line) => line.includes('process-main.js')) ?? '', 10);
}

/** Lines, of which the job may not have written the first one yet. */
async function counted(): Promise<number> {
  return (await readFile(join(workshop.work, 'counted'), 'utf8').catch(() => '')).split('\n').length - 1;
}

test('storage that hangs fails the snapshot and not the job, and the next snapshot commits when it answers again', async () => {
  const machine = await workshop.machine('a', { limits: { commitTimeout: '5s' } });
  const run = await workshop.run(machine, { script: counting(1000) });
  await run.snapshot();
  process.kill(repositoryProcess(), 'SIGSTOP');
  const before = await counted();
  await expect(run.snapshot()).rejects.toMatchObject({ code: 'HF_STORAGE_TIMEOUT' });
  expect(await counted()).toBeGreaterThan(before);
  expect(await run.snapshot()).toMatchObject({ number: expect.any(Number) as number });
  await run.kill();
});

test('a repository process killed in the middle of a snapshot costs that snapshot alone', async () => {
  const machine = await workshop.machine('a');
  const run = await workshop.run(machine, { script: counting(1000) });
  const snapshot = run.snapshot();
  await nextEvent(run, 'snapshot.started');
  process.kill(repositoryProcess(), 'SIGKILL');
  await expect(snapshot).rejects.toMatchObject({ kind: 'unavailable' });
  await run.snapshot();
  await run.stop();
  const resumed = await workshop.run(machine, { script: counting(1000) });
  expect(resumed.resumedFrom).toBeDefined();
  await resumed.kill();
});

test('a storage that is gone for a while fails snapshots, never the job', async () => {
  const machine = await workshop.machine('a');
  const run = await workshop.run(machine, { script: counting(1000) });
  await run.snapshot();
  await rename(workshop.storage, `${workshop.storage}-away`);
  process.kill(repositoryProcess(), 'SIGKILL');
  await expect(run.snapshot()).rejects.toMatchObject({ name: 'HoldfastError' });
  await rename(`${workshop.storage}-away`, workshop.storage);
  expect(await run.snapshot()).toMatchObject({ number: expect.any(Number) as number });
  expect(await run.stop()).toMatchObject({ outcome: 'stopped', error: undefined });
});

test('a catalog that breaks is told once and changes nothing for the job', async () => {
  const machine = await workshop.machine('a');
  const run = await workshop.run(machine, { script: 'until [ -e enough ]; do sleep 0.1; done' });
  execFileSync('python3', [
    '-c',
    'import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); [c.execute("drop table "+n) for (n,) in c.execute("select name from sqlite_master where type=\'table\' and name not like \'sqlite%\'").fetchall()]; c.commit()',
    join(workshop.directory, 'a', 'catalog.sqlite'),
  ]);
  await run.snapshot();
  await run.snapshot();
  await writeFile(join(workshop.work, 'enough'), '');
  expect(await run.result).toMatchObject({ outcome: 'exited', exitCode: 0, snapshots: 2 });
  expect((await eventTypes(run)).filter((type) => type === 'catalog.unavailable')).toHaveLength(1);
});

test('a damaged newest snapshot is passed over for the one before it, and that is told', async () => {
  const machine = await workshop.machine('a');
  const run = await workshop.run(machine, { script: counting(1000) });
  await run.snapshot();
  await run.snapshot();
  await run.kill();
  await damageManifest(2);
  const resumed = await workshop.run(machine, { script: counting(1000) });
  expect(resumed.resumedFrom).toBe(1);
  await resumed.kill();
});

test('with the policy fail a damaged snapshot starts nothing and changes no file; with fresh the job starts anew', async () => {
  const machine = await workshop.machine('a');
  const run = await workshop.run(machine, { script: counting(1000) });
  await run.snapshot();
  await run.kill();
  await damagePacks();
  await writeFile(join(workshop.work, 'counted'), 'as it is now\n');
  await expect(workshop.run(machine, { script: counting(1000), onRestoreFailure: 'fail' })).rejects.toMatchObject({ kind: 'corrupt' });
  expect(await readFile(join(workshop.work, 'counted'), 'utf8')).toBe('as it is now\n');
  await expect(workshop.run(machine, { script: counting(1000) })).rejects.toMatchObject({ kind: 'corrupt' });
  const anew = await workshop.run(machine, { script: 'cat counted', onRestoreFailure: 'fresh' });
  expect(anew.resumedFrom).toBeUndefined();
  expect(await anew.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect(await workshop.output()).toContain('as it is now');
});

test('what stands in the way of every snapshot costs none: once it is gone the newest is resumed', async () => {
  const machine = await workshop.machine('a');
  const script = `import socket,time
server = socket.create_server(('127.0.0.1', 0))
open('port', 'w').write(str(server.getsockname()[1]))
time.sleep(1000)`;
  const request = { script: '', command: ['python3', '-c', script] as const };
  const run = await workshop.run(machine, { ...request, command: [...request.command] });
  await expect.poll(() => readFile(join(workshop.work, 'port'), 'utf8').catch(() => ''), { timeout: 90_000 }).not.toBe('');
  await run.snapshot();
  await run.snapshot();
  await run.kill();
  const rival = createServer().listen(Number(await readFile(join(workshop.work, 'port'), 'utf8')), '127.0.0.1');
  await once(rival, 'listening');
  await expect(workshop.run(machine, { ...request, command: [...request.command] })).rejects.toMatchObject({ name: 'HoldfastError' });
  rival.close();
  const resumed = await workshop.run(machine, { ...request, command: [...request.command] });
  expect(resumed.resumedFrom).toBe(2);
  await resumed.kill();
});

test('a command that is nowhere is refused and leaves nothing; one that cannot be executed ends with the status that a shell would give', async () => {
  const machine = await workshop.machine('a');
  for (const program of ['no-such-program', './nothere'])
    await expect(workshop.run(machine, { script: '', command: [program] })).rejects.toMatchObject({
      code: 'HF_START_FAILED',
      context: { exitCode: 127 },
    });
  await expect(machine.jobs.show('job')).rejects.toMatchObject({ code: 'HF_JOB_MISSING' });
  await writeFile(join(workshop.work, 'text'), 'not a program');
  await chmod(join(workshop.work, 'text'), 0o644);
  const text = await workshop.run(machine, { script: '', command: ['./text'], job: 'text' });
  expect(await text.result).toMatchObject({ outcome: 'exited', exitCode: 126 });
});

test('a working directory that cannot be tracked is refused before anything starts, and the job is free again', async () => {
  const machine = await workshop.machine('a');
  await expect(workshop.run(machine, { script: 'true', workingDirectory: '/etc' })).rejects.toMatchObject({ code: 'HF_TRACK_PATH' });
  const run = await workshop.run(machine, { script: 'true' });
  expect(await run.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
});

async function storedFiles(kind: string): Promise<readonly string[]> {
  return execFileSync('find', [workshop.storage, '-type', 'f', '-path', `*/${kind}/*`], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .sort();
}

async function damageManifest(number: number): Promise<void> {
  const path = (await storedFiles('manifests')).find((name) => new RegExp(`/0*${number}[^0-9/][^/]*$`).test(name));
  const bytes = await readFile(path as string);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
  await writeFile(path as string, bytes);
}

async function damagePacks(): Promise<void> {
  for (const path of await storedFiles('packs')) {
    const bytes = await readFile(path);
    for (let at = 100; at < bytes.length; at += 1000) bytes[at] = (bytes[at] as number) ^ 1;
    await writeFile(path, bytes);
  }
}

test.each(['auto', 'twin'])(
  'what a snapshot cannot take along is said once, with a remedy, before the snapshot that fails of it; memory is to be %s',
  async (memory) => {
    const machine = await workshop.machine('a', { job: { memory } });
    const holds = "import time,pathlib; f=open('/dev/fuse','r+b',0); pathlib.Path('counted').write_text('up'); time.sleep(1000)";
    const run = await workshop.run(machine, { script: `exec python3 -c "${holds}"` });
    await expect.poll(() => readFile(join(workshop.work, 'counted'), 'utf8').catch(() => ''), { timeout: 90_000 }).toBe('up');
    await expect(run.snapshot()).rejects.toMatchObject({ code: 'HF_DUMP_FAILED' });
    await expect(run.snapshot()).rejects.toMatchObject({ code: 'HF_DUMP_FAILED' });
    await run.kill();
    const told: RunEvent[] = [];
    for await (const event of run.events()) told.push(event);
    expect(told.filter(({ type }) => type === 'job.obstacle')).toMatchObject([{ message: expect.stringContaining('/dev/fuse') as string }]);
    expect(told.findIndex(({ type }) => type === 'job.obstacle')).toBeLessThan(told.findIndex(({ type }) => type === 'snapshot.failed'));
  },
);

test('a machine whose CRIU is older refuses the snapshot before anything of it is brought back', async () => {
  const machine = await workshop.machine('a');
  const run = await workshop.run(machine, { script: counting(1000) });
  await run.stop();
  const before = await counted();
  const older = join(workshop.work, '..', 'older-criu');
  await writeFile(older, '#!/bin/sh\necho "Version: 3.19"\n', { mode: 0o755 });
  const tools = { criu: older, runc: process.env['HOLDFAST_RUNC'], native: process.env['HOLDFAST_NATIVE'] };
  const other = await workshop.machine('b', { tools });
  await expect(workshop.run(other, { script: counting(1000) })).rejects.toMatchObject({ code: 'HF_MACHINE_MISMATCH' });
  expect(await counted()).toBe(before);
});
