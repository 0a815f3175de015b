import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError, systemClock } from '@holdfast/core';
import { foldersOfNewGroup, parseCgroups } from './cgroup-files.js';
import { readContainerRecord } from './container-record.js';
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
export async function endLeftovers({ tools, stateDirectory, runDirectory, containerId: id, deadlineMs = 20_000 }: LeftoversOptions): Promise<void> {
  const layout = layoutOf(runDirectory);
  const freezer = await freezerFor(id, systemClock);
  const record = await readContainerRecord(layout.record);
  // The caller's own control group may be another one today.
  const folders = [...new Set([record?.freezerFolder ?? freezer.files.folder, freezer.files.folder])];
  const end = systemClock.monotonicMs() + deadlineMs;
  for (;;) {
    const job = (await Promise.all(folders.map(processesOf))).flat();
    const helpers = await markedProcesses(id);
    const keepers = helpers.filter(({ name }) => name === 'holdfast-keeper');
    const others = helpers.filter(({ name }) => name !== 'holdfast-keeper');
    if (job.length === 0 && helpers.length === 0) break;
    if (systemClock.monotonicMs() >= end) throw stuck(id, [...job, ...helpers.map(({ pid }) => pid)]);
    for (const pid of [...job, ...others.map(({ pid }) => pid)]) kill(pid);
    // On version 1 a frozen process dies only when it is thawed.
    await freezer.thaw(1000).catch(() => undefined);
    // Its job is dead: it passes the last output on and ends. A user who does not read does not hold us up.
    if (job.length === 0 && others.length === 0 && systemClock.monotonicMs() >= end - deadlineMs + 1000) for (const { pid } of keepers) kill(pid);
    await delay(10);
  }
  const runc: Runc = { tools, root: runcRoot(stateDirectory), log: layout.runcLog };
  await removeContainer(runc, id, record?.freezerFolder);
  await removeFolder(runDirectory);
}

/** What runc and the kernel keep of a container without processes. */
export async function removeContainer(runc: Runc, id: string, freezerFolder: string | undefined): Promise<void> {
  await callRunc(runc, ['delete', '--force', id], 10_000);
  // Where runc was killed while it wrote its state it cannot delete what it made.
  await rm(join(runc.root, id), { recursive: true, force: true });
  const [mountInfo, own] = await Promise.all([readFile('/proc/self/mountinfo', 'utf8'), readFile('/proc/self/cgroup', 'utf8')]);
  const groups = foldersOfNewGroup(parseMountInfo(mountInfo), parseCgroups(own), cgroupPathOf(id));
  for (const folder of new Set([...groups, ...(freezerFolder === undefined ? [] : [freezerFolder])])) await removeCgroup(folder);
}

/** Deepest first. One that is gone is fine; one that is in use is left. */
async function removeCgroup(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeCgroup(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone meanwhile.
  }
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
