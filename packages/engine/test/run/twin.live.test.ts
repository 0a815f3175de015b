import { execFile } from 'node:child_process';

import { existsSync } from 'node:fs';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Run, RunEvent } from '../../dist/index.js';
import { until } from '../container/machine.js';
import { nextEvent, openWorkshop, type Workshop } from './workshop.js';

const run = promisify(execFile);
const source = fileURLToPath(new URL('./twin-job.c', import.meta.url));

const steps = '2000';
/** Of what CRIU's cache says of it. */
const marksPosition = 32;

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop('/var/tmp');
});
afterEach(() => workshop[Symbol.asyncDispose]());

test('snapshots by twin of a tree of processes with threads and every kind of memory resume to the same answer', async () => {
  const program = join(workshop.directory, 'twin-job');
  await run('gcc', ['-O2', '-pthread', '-o', program, source]);
  for (const third of [1, 2]) await writeFile(join(workshop.directory, `open-${third}`), '');
  const expected = (await run(program, [steps], { cwd: workshop.directory })).stdout.split('\n').sort();
  const machine = await workshop.machine('a', { job: { memory: 'twin', keepTwin: 'auto' } });
  const first = await workshop.run(machine, { script: `${program} ${steps}` });
  const events = collect(first);
  // What is written between them is stored, though the twin of the first one tells what was not.
  for (const third of [1, 2]) {
    for (const child of [1, 2]) await until(() => existsSync(join(workshop.work, `at-${third}-${child}`)));
    await first.snapshot();
    if (third === 1) await writeFile(join(workshop.work, 'open-1'), '');
  }
  await first.kill();
  const unreadBytes: unknown = expect.any(Number);
  const told = [
    { number: 1, memoryFrom: 'twin', coverRefused: undefined, changedFrom: undefined, unreadBytes: undefined, keptTwinRefused: undefined },
    { number: 2, memoryFrom: 'twin', coverRefused: undefined, changedFrom: 1, unreadBytes, keptTwinRefused: undefined },
  ];
  expect(events.filter(({ type }) => type === 'snapshot.committed')).toMatchObject(told);
  const { snapshots } = await machine.jobs.show('job');
  expect(snapshots.toReversed()).toMatchObject(told);
  expect(snapshots[0]?.unreadBytes).toBeGreaterThan(0);
  const second = await workshop.run(machine, { script: `${program} ${steps}` });
  await writeFile(join(workshop.work, 'open-2'), '');
  expect(await second.result).toMatchObject({ outcome: 'exited', exitCode: 0, resumedFrom: 2 });
  expect((await workshop.output()).split('\n').sort()).toEqual(expected);
  const twinGroups = (await readdir('/sys/fs/cgroup', { recursive: true })).filter((name) => name.endsWith('-twins'));
  expect(twinGroups.filter((name) => name.includes(first.attempt) || name.includes(second.attempt))).toEqual([]);
});

test('a snapshot whose twin is refused is taken by a plain dump, and its record says why', async () => {
  const machine = await workshop.machine('a');
  const job = await workshop.run(machine, { script: 'while :; do sleep 0.1; done' });
  const { pid } = await nextEvent(job, 'job.started');
  const limit = async (controller: string, name: string, value: string): Promise<void> => writeFile(await groupFile(pid, controller, name), value);
  const events = collect(job);
  await job.snapshot();
  await limit('pids', 'pids.max', '3');
  await job.snapshot();
  await limit('pids', 'pids.max', 'max');
  // Where the kernel marks no pages CRIU is told otherwise; one that is not, or does not believe it, dumps all the same.
  const cache = `/dev/shm/holdfast-${job.attempt}/cover/criu.kdat`;
  const coverRefused = (await readFile(cache))[marksPosition] === 1 ? 'dump' : undefined;
  if (coverRefused !== undefined) await truncate(cache);
  await job.snapshot();
  // The helper's end takes nothing along: there is another one for the next snapshot.
  const helpers = (await run('pgrep', ['-P', String(process.pid), '-x', 'holdfast-twin'])).stdout.trim().split('\n').map(Number);
  for (const helper of helpers) process.kill(helper, 'SIGKILL');
  // Reaped, and so known to be gone.
  await until(() => helpers.every((helper) => !existsSync(`/proc/${helper}`)));
  await job.snapshot();
  expect(events.filter(({ type }) => type === 'snapshot.committed')).toMatchObject([
    { memoryFrom: 'twin', coverRefused: undefined },
    { memoryFrom: 'staged-memory', twinRefused: 'pids' },
    { memoryFrom: 'twin', coverRefused },
    { memoryFrom: 'twin', coverRefused },
  ]);
  if (existsSync('/sys/fs/cgroup/freezer')) {
    process.kill(pid, 'SIGSTOP');
    await until(async () => /^State:\s+T/m.test(await readFile(`/proc/${pid}/status`, 'utf8')));
    await expect(job.snapshot()).rejects.toMatchObject({
      code: 'HF_DUMP_FAILED',
      message: expect.stringContaining('is stopped (SIGSTOP)') as string,
    });
    process.kill(pid, 'SIGCONT');
  }
  const { snapshots } = await machine.jobs.show('job');
  expect(snapshots.map(({ memoryFrom, twinRefused }) => [memoryFrom, twinRefused])).toEqual([
    ['twin', undefined],
    ['twin', undefined],
    ['staged-memory', 'pids'],
  ]);
  expect(await job.stop()).toMatchObject({ outcome: 'stopped' });
  expect(events.filter(({ type }) => type === 'snapshot.committed').at(-1)).toMatchObject({ twinRefused: 'stays-frozen' });
});

test.each([
  ['auto', { memoryFrom: 'staged-memory', twinRefused: 'cover' }],
  ['twin', { memoryFrom: 'twin', coverRefused: 'dump' }],
] as const)('a job with memory that no cover has is dumped once more, and then without one, where memory is to be %s', async (memory, first) => {
  const machine = await workshop.machine('a', { job: { memory } });
  const low = `import ctypes, time; c = ctypes.CDLL(None); c.mmap.restype = ctypes.c_void_p
a = c.mmap(ctypes.c_void_p(0x4000), 4096, 3, 0x32, -1, 0); ctypes.memset(a, 7, 4096); print("there", flush=True); time.sleep(600)`;
  const job = await workshop.run(machine, { script: `exec python3 -c '${low}'` });
  const events = collect(job);
  await until(async () => (await workshop.output()).includes('there'));
  for (const _ of [1, 2]) await job.snapshot();
  await job.kill();
  expect(events.filter(({ type }) => type === 'snapshot.committed')).toMatchObject([first, { memoryFrom: 'twin', coverRefused: 'dump' }]);
  const { snapshots } = await machine.jobs.show('job');
  expect(snapshots.toSorted((one, other) => one.number - other.number)).toMatchObject([first, { memoryFrom: 'twin', coverRefused: 'dump' }]);
});

/** Of the group that a process is in. */
async function groupFile(pid: number, controller: string, name: string): Promise<string> {
  const groups = (await readFile(`/proc/${pid}/cgroup`, 'utf8')).split('\n').map((line) => line.split(':'));
  const old = groups.find(([, controllers]) => controllers?.split(',').includes(controller) === true);
  return old === undefined
    ? join('/sys/fs/cgroup', groups.find(([number]) => number === '0')?.[2] ?? '', name)
    : join('/sys/fs/cgroup', controller, old[2] ?? '', name);
}

function collect(run: Run): readonly RunEvent[] {
  const events: RunEvent[] = [];
  void (async () => {
    for await (const event of run.events()) events.push(event);
  })();
  return events;
}

/** What a copy might disturb, as far as CRIU dumps it: see the program. */
const uses = [
  'pipe socket address flock ofd-lock eventfd record-lock robust pi semaphore timer itimer signalfd thp hugetlb',
  'mlock shared memfd memfd-private sysv-shm unlinked dontfork wipeonfork subreaper zombie pdeathsig vfork',
].flatMap((names) => names.split(' '));

test('a job that uses most of what a system offers is copied, killed and resumed, and finds everything as it was', async () => {
  const program = join(workshop.directory, 'uses');
  const sources = fileURLToPath(new URL('../../../twin/test/programs/', import.meta.url));
  const parts = (await readdir(join(sources, 'uses'))).filter((name) => name.endsWith('.c')).map((name) => join(sources, 'uses', name));
  await run('gcc', ['-O1', '-pthread', '-D_GNU_SOURCE', '-o', program, join(sources, 'uses.c'), ...parts]);
  const machine = await workshop.machine('a', { job: { memory: 'auto' } });
  const script = `exec ${program} ${join(workshop.work, 'stop')} ${uses.join(' ')}`;
  const first = await workshop.run(machine, { script });
  const events = collect(first);
  await until(async () => (await workshop.output()).includes('ready'));
  await first.snapshot();
  await first.kill();
  expect(events.filter(({ type }) => type === 'snapshot.committed')).toMatchObject([{ memoryFrom: 'twin' }]);
  const second = await workshop.run(machine, { script });
  await writeFile(join(workshop.work, 'stop'), '');
  expect(await second.result).toMatchObject({ outcome: 'exited', exitCode: 0, resumedFrom: 1 });
  expect((await workshop.output()).trim().split('\n').sort()).toEqual(['ready', `all ${uses.length}`, ...uses.map((name) => `${name} fine`)].sort());
});
