import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError, systemClock } from '@holdfast/core';
import { twinGroupOf } from '../twin/twin-groups.js';
import { foldersOfNewGroup, parseCgroups } from './cgroup-files.js';
import { readContainerRecord } from './container-record.js';
import { endProcesses } from './end-processes.js';
import { recordedProcesses } from './helper-record.js';
import { keeperName } from './keeper-arguments.js';
import { parseMountInfo } from './host-mounts.js';
import { cgroupPathOf, layoutOf, runcRoot } from './layout.js';
import { markedProcesses } from './marked-processes.js';
import { freezerFor } from './prepare-bundle.js';
import { processesOf } from './processes.js';
import { removeFolder } from './remove-folder.js';
import { callRunc, type Runc } from './runc.js';
import type { EngineTools } from './tools.js';

export interface LeftoversOptions {
  readonly tools: EngineTools;
  readonly stateDirectory: string;
  readonly runDirectory: string;
  readonly containerId: string;
  /** For everything to end (20 s). */
  readonly deadlineMs?: number;
}

/**
 * Ends and removes whatever a dead attempt has left on this machine: the job (frozen or not), CRIU and runc in the middle of
 * anything, the keeper, control groups, mounts, and at last the run folder. A repeat is harmless, also after a kill in between.
 * Rejects with HF_JOB_HELD where a process cannot be ended, with the folder that could not be removed left whole.
 */
export async function endLeftovers({ tools, stateDirectory, runDirectory, containerId, deadlineMs = 20_000 }: LeftoversOptions): Promise<void> {
  const layout = layoutOf(runDirectory);
  const freezer = await freezerFor(containerId, systemClock);
  const record = await readContainerRecord(layout.record);
  // The caller's own control group may be another one today.
  const folders = [...new Set([record?.freezerFolder ?? freezer.files.folder, freezer.files.folder])];
  const job = (): readonly number[] => folders.flatMap((folder) => [folder, twinGroupOf(folder)]).flatMap(processesOf);
  const helpers = async (wanted: (name: string) => boolean): Promise<readonly number[]> =>
    (await markedProcesses(containerId)).filter(({ name }) => wanted(name)).map(({ pid }) => pid);
  const criu = (): Promise<readonly number[]> => recordedProcesses(layout.helpers);
  const thaw = (): Promise<void> => freezer.thaw(1000).catch(() => undefined);
  const left = await endProcesses({
    find: async () => [...job(), ...(await criu()), ...(await helpers((name) => name !== keeperName))],
    // On version 1 a frozen process dies only when it is thawed.
    between: thaw,
    deadlineMs,
    clock: systemClock,
  });
  if (left.length > 0) throw stuck(containerId, left);
  // A keeper whose job is dead passes the last output on and ends; a user who does not read must not hold us up.
  await waitUntil(async () => (await helpers((name) => name === keeperName)).length === 0, 1000);
  // Also what it may have started meanwhile.
  const everyone = async (): Promise<readonly number[]> => [...job(), ...(await criu()), ...(await helpers(() => true))];
  const stillThere = await endProcesses({ find: everyone, between: thaw, deadlineMs, clock: systemClock });
  if (stillThere.length > 0) throw stuck(containerId, stillThere);
  const runc: Runc = { tools, root: runcRoot(stateDirectory), log: layout.runcLog };
  await removeContainer(runc, containerId, record?.freezerFolder);
  await removeFolder(runDirectory);
}

/** Whether a process of the container's job runs on this machine. */
export async function isContainerAlive(containerId: string): Promise<boolean> {
  return (await processesOfContainer(containerId)).length > 0;
}

export async function processesOfContainer(containerId: string): Promise<readonly number[]> {
  const freezer = await freezerFor(containerId, systemClock);
  return processesOf(freezer.files.folder);
}

/** What runc and the kernel keep of a container without processes. */
export async function removeContainer(runc: Runc, id: string, freezerFolder: string | undefined): Promise<void> {
  await callRunc(runc, ['delete', '--force', id], 10_000);
  // Where runc was killed while it wrote its state it cannot delete what it made.
  await rm(join(runc.root, id), { recursive: true, force: true });
  const [mountInfo, own] = await Promise.all([readFile('/proc/self/mountinfo', 'utf8'), readFile('/proc/self/cgroup', 'utf8')]);
  const groups = foldersOfNewGroup(parseMountInfo(mountInfo), parseCgroups(own), cgroupPathOf(id));
  for (const folder of new Set([...groups, ...(freezerFolder === undefined ? [] : [freezerFolder])])) {
    await removeCgroup(folder);
    await removeCgroup(twinGroupOf(folder));
  }
}

/** Deepest first. One that is gone is fine; one that is in use is left. */
async function removeCgroup(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeCgroup(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined);
}

async function waitUntil(condition: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const end = systemClock.monotonicMs() + timeoutMs;
  while (!(await condition()) && systemClock.monotonicMs() < end) await delay(10);
}

function stuck(id: string, pids: readonly number[]): HoldfastError {
  return new HoldfastError('HF_JOB_HELD', {
    message: `processes ${pids.join(', ')} of the dead attempt ${id} do not end, although they were killed`,
    kind: 'conflict',
    retry: 'yes',
    operation: 'cleanup',
    context: { id },
    hint: 'a process that waits for a disk or a network file system ends when that answers; else restart the machine',
  });
}
