import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@holdfast/core';
import { expect, test } from 'vitest';
import { endLeftovers } from '../../src/container/cleanup.js';
import { recordedProcesses } from '../../src/container/helper-record.js';
import { markedProcesses } from '../../src/container/marked-processes.js';
import { freezerFor } from '../../src/container/prepare-bundle.js';
import { processesOf } from '../../src/container/processes.js';
import type { ContainerOptions, RestoreContainerOptions, RunningContainer } from '../../src/container/running-container.js';
import { endQuietly, goesOn, savedVictim, victim } from './killable.js';
import { Machine, standing, until } from './machine.js';

interface Holder {
  readonly child: ChildProcess;
  /** Resolves when the holder has said the word so often. */
  said(word: string, times?: number): Promise<void>;
}

interface HoldOptions {
  /** A process group of its own, as of a terminal's foreground, that Ctrl-C is sent to. */
  readonly ownGroup?: boolean;
  readonly dumps: number;
  readonly stopAt?: string;
  readonly restore?: Partial<RestoreContainerOptions>;
}

function hold(machine: Machine, options: ContainerOptions, { dumps, stopAt, restore, ownGroup = false }: HoldOptions): Holder {
  const out = openSync(machine.output, 'a');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts'), JSON.stringify({ options, dumps, stopAt, restore })], {
    stdio: ['ignore', 'pipe', 'inherit', out],
    detached: ownGroup,
  });
  closeSync(out);
  const words: string[] = [];
  child.stdout?.on('data', (text: Buffer) => words.push(...text.toString().split('\n').filter(Boolean)));
  return { child, said: (word, times = 1) => until(() => words.filter((one) => one === word).length >= times) };
}

function interruptGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGINT');
}

async function killInDump(machine: Machine, container: RunningContainer, name: RegExp, ms: number): Promise<string> {
  const folder = join(machine.base, `${container.id}-killed-${ms}`);
  const dump = await container.prepareDump({ imagesDir: join(folder, 'images'), workDir: join(folder, 'work'), deadlineMs: 60_000 });
  const recorded = await recordedProcesses(join(machine.runDirectory(container.id), 'helpers.json'));
  const targets = recorded.filter((pid) => name.test(readFileSync(`/proc/${pid}/comm`, 'latin1')));
  expect(targets).not.toEqual([]);
  await container.freeze();
  const outcome = dump.run(await standing(container)).then(
    () => 'finished',
    (error: { code: string }) => error.code,
  );
  await delay(ms);
  for (const pid of targets) endQuietly(pid);
  return outcome;
}

/** Nothing of the container is left on this machine: no process, control group, mount or folder. */
async function assertGone(machine: Machine, id: string): Promise<void> {
  await endLeftovers({ tools: machine.tools, stateDirectory: machine.stateDirectory, runDirectory: machine.runDirectory(id), containerId: id });
  const freezer = await freezerFor(id, systemClock);
  expect(processesOf(freezer.files.folder)).toEqual([]);
  expect(await markedProcesses(id)).toEqual([]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(machine.base);
  expect(freezer.isFrozen()).toBe(false);
  expect(() => readFileSync(join(machine.runDirectory(id), 'container.json'))).toThrow('ENOENT');
}

test.each([
  ['prepared', 'prepared', 0],
  ['frozen', 'frozen', 0],
  ['in the middle of a dump', undefined, 5],
  ['in the middle of a dump', undefined, 40],
  ['in the middle of a dump', undefined, 120],
  ['dumped', 'dumped', 0],
])('a Holdfast that is killed when the job is %s (%s, %i ms) leaves no frozen job and nothing else', async (_, stopAt, ms) => {
  await using machine = await Machine.open();
  machine.write('victim.py', victim);
  const options = machine.options(['python3', 'victim.py']);
  const holder = hold(machine, options, { dumps: 1, ...(stopAt === undefined ? {} : { stopAt }) });
  await holder.said(stopAt ?? 'frozen');
  await delay(ms);
  holder.child.kill('SIGKILL');
  await goesOn(machine);
  await until(async () => (await markedProcesses(options.id)).every(({ name }) => name === 'holdfast-keeper'));
  await goesOn(machine);
  await assertGone(machine, options.id);
});

test('Ctrl-C, which every process of the foreground group gets, harms neither the start nor a dump', async () => {
  await using machine = await Machine.open();
  machine.write('victim.py', victim);
  const options = machine.options(['python3', 'victim.py']);
  const holder = hold(machine, options, { dumps: 2, ownGroup: true });
  const heard = new Map<string, number>();
  await until(async () => (await markedProcesses(options.id)).some(({ name }) => name.startsWith('runc')));
  interruptGroup(holder.child);
  const ended = once(holder.child, 'exit').then(([code]) => expect(code, 'the holder ended').toBe(undefined));
  for (const word of ['prepared', 'frozen', 'thawed', 'prepared', 'frozen', 'thawed']) {
    heard.set(word, (heard.get(word) ?? 0) + 1);
    await Promise.race([holder.said(word, heard.get(word)), ended]);
    if (word !== 'thawed') interruptGroup(holder.child);
  }
  await goesOn(machine);
  holder.child.kill('SIGKILL');
  await assertGone(machine, options.id);
});

test.each([
  ['the guard', /^holdfast-guard/],
  ['runc', /^runc/],
])('%s killed in the middle of a dump: the dump fails, the job goes on and is dumped again', async (_, name) => {
  await using machine = await Machine.open();
  machine.write('victim.py', victim);
  let container = await machine.start(['python3', 'victim.py']);
  await until(() => machine.lines().length > 3);
  for (const ms of [0, 15, 60]) {
    expect(['HF_DUMP_FAILED', 'HF_SNAPSHOT_DISCARDED', 'finished']).toContain(await killInDump(machine, container, name, ms));
    await container.thaw();
    await goesOn(machine);
  }
  container = await machine.nextLife(container);
  await goesOn(machine);
  await container.dispose();
  await assertGone(machine, container.id);
});

// CRIU runs system calls in the job's name. One that is killed at such a moment takes the process along (SIGTRAP), and nobody can help it.
test('CRIU killed in the middle of a dump: the job goes on, or its end is told as not its own', async () => {
  await using machine = await Machine.open();
  machine.write('victim.py', victim);
  for (const ms of [0, 4, 8, 14, 30]) {
    const container = await machine.start(['python3', 'victim.py']);
    const before = machine.lines().length;
    await until(() => machine.lines().length > before + 3);
    await killInDump(machine, container, /^(?:criu|ld-linux|runc|holdfast-guard)/, ms);
    await container.thaw();
    await Promise.race([goesOn(machine), container.exited.then((status) => expect(status).toEqual({ exitCode: undefined, signal: 5 }))]);
    await container.dispose();
    await assertGone(machine, container.id);
  }
});

// The kernel and CRIU wait for each other then: without help the dump goes on to its deadline, and the run with it.
test.each(['init', 'keeper'])('a job whose %s is killed in the middle of a dump is ended, and so is CRIU', async (who) => {
  await using machine = await Machine.open();
  machine.write('victim.sh', 'cat /dev/zero | sort -S 64M | gzip | gunzip > /dev/null');
  for (const ms of [0, 1, 2, 4, 6, 8, 10, 12, 15, 20]) {
    const container = await machine.start(['sh', 'victim.sh']);
    const folder = join(machine.base, `${container.id}-ended-${ms}`);
    const dump = await container.prepareDump({ imagesDir: join(folder, 'images'), workDir: join(folder, 'work'), deadlineMs: 300_000 });
    const keepers = (await markedProcesses(container.id)).filter(({ name }) => name === 'holdfast-keeper').map(({ pid }) => pid);
    await container.freeze();
    const outcome = dump.run(await standing(container)).catch(() => undefined);
    await delay(ms);
    for (const pid of who === 'init' ? [container.initPid] : keepers) endQuietly(pid);
    await outcome;
    await container.thaw();
    expect((await container.exited).signal).toBe(9);
    await container.dispose();
    await assertGone(machine, container.id);
  }
});

test.each([0, 20, 60, 110, 200])(
  'a Holdfast that is killed %i ms into a restore leaves what the next one can clear, and the images are as they were',
  async (ms) => {
    await using machine = await Machine.open();
    const saved = await savedVictim(machine);
    const options = machine.options(['unused']);
    const { imagesDirectory, recordedMounts, recorded } = saved;
    const holder = hold(machine, options, { dumps: 0, restore: { imagesDirectory, recordedMounts, recorded } });
    await holder.said('starting');
    await delay(ms);
    holder.child.kill('SIGKILL');
    await assertGone(machine, options.id);
    const again = await machine.restore(saved);
    await goesOn(machine);
    await again.dispose();
  },
);

test('a job whose keeper is killed is ended, and told as killed', async () => {
  await using machine = await Machine.open();
  machine.write('victim.py', victim);
  const container = await machine.start(['python3', 'victim.py']);
  await until(() => machine.lines().length > 3);
  for (const { pid } of await markedProcesses(container.id)) endQuietly(pid);
  expect(await container.exited).toEqual({ exitCode: undefined, signal: 9 });
  await container.dispose();
  await assertGone(machine, container.id);
});
