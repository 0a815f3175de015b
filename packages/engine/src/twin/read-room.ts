import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCgroups } from '../container/cgroup-files.js';
import { type HostMount, parseMountInfo } from '../container/host-mounts.js';
import type { TwinRoom } from './head-room.js';

/** The control groups whose limits a job runs under. */
export interface LimitPlaces {
  readonly memory: GroupMemory | undefined;
  readonly pids: string | undefined;
}

interface GroupMemory {
  /** The group and those above it, each of which may have a limit. */
  readonly folders: readonly string[];
  readonly version: 1 | 2;
}

/** By what /proc tells of one of the job's processes, which must be alive. */
export async function findLimits(pid: number): Promise<LimitPlaces> {
  const [mountInfo, cgroups] = await Promise.all([readFile('/proc/self/mountinfo', 'utf8'), readFile(`/proc/${pid}/cgroup`, 'utf8')]);
  const [mounts, paths] = [parseMountInfo(mountInfo), parseCgroups(cgroups)];
  const unified = foldersIn(
    mounts.find(({ type }) => type === 'cgroup2'),
    paths.get(''),
  );
  const of = (controller: string): readonly string[] =>
    foldersIn(
      mounts.find(({ type, superOptions }) => type === 'cgroup' && superOptions.includes(controller)),
      paths.get(controller),
    );
  const [oldMemory, oldPids] = [of('memory'), of('pids')];
  return {
    memory: oldMemory.length > 0 ? { folders: oldMemory, version: 1 } : unified.length > 0 ? { folders: unified, version: 2 } : undefined,
    pids: oldPids[0] ?? unified[0],
  };
}

/** The group's folder, then those above it down to the hierarchy's root, which has no limits. */
function foldersIn(mount: HostMount | undefined, path: string | undefined): readonly string[] {
  if (mount === undefined || path === undefined) return [];
  const inside = mount.root !== '/' && path.startsWith(mount.root) ? path.slice(mount.root.length) : path;
  const parts = inside.split('/').filter(Boolean);
  return parts.map((_, at) => join(mount.mountPoint, ...parts.slice(0, parts.length - at)));
}

export async function readTwinRoom({ memory, pids }: LimitPlaces): Promise<TwinRoom> {
  const [room, meminfo, strict, processes] = await Promise.all([
    readMemoryRoom(memory),
    readFile('/proc/meminfo', 'latin1'),
    numberIn('/proc/sys/vm/overcommit_memory'),
    pids === undefined ? Number.POSITIVE_INFINITY : leftOf(join(pids, 'pids.max'), join(pids, 'pids.current')),
  ]);
  const commitBytes = strict === 2 ? kibibytes(meminfo, 'CommitLimit') - kibibytes(meminfo, 'Committed_AS') : Number.POSITIVE_INFINITY;
  return { ...room, processes, commitBytes };
}

/** Cheap enough to be asked many times a second. */
export async function readMemoryRoom(memory: LimitPlaces['memory']): Promise<Pick<TwinRoom, 'machineBytes' | 'groupBytes'>> {
  const left = await Promise.all((memory?.folders ?? []).map((folder) => (memory?.version === 1 ? leftInOldGroup(folder) : leftInGroup(folder))));
  return { machineBytes: process.availableMemory(), groupBytes: Math.min(Number.POSITIVE_INFINITY, ...left) };
}

async function leftInGroup(folder: string): Promise<number> {
  const [max, high, current, inactive] = await Promise.all([
    numberIn(join(folder, 'memory.max')),
    numberIn(join(folder, 'memory.high')),
    numberIn(join(folder, 'memory.current')),
    reclaimable(folder, 'inactive_file'),
  ]);
  return Math.min(max, high) - (Number.isFinite(current) ? current : 0) + inactive;
}

async function leftInOldGroup(folder: string): Promise<number> {
  const [limit, usage, inactive] = await Promise.all([
    numberIn(join(folder, 'memory.limit_in_bytes')),
    numberIn(join(folder, 'memory.usage_in_bytes')),
    reclaimable(folder, 'total_inactive_file'),
  ]);
  return limit - (Number.isFinite(usage) ? usage : 0) + inactive;
}

async function leftOf(max: string, current: string): Promise<number> {
  const [limit, used] = await Promise.all([numberIn(max), numberIn(current)]);
  return limit - (Number.isFinite(used) ? used : 0);
}

/** What the kernel gives back at once. */
async function reclaimable(folder: string, name: string): Promise<number> {
  const text = await readFile(join(folder, 'memory.stat'), 'latin1').catch(() => '');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

/** Infinity for `max`, and where there is no such file. */
async function numberIn(path: string): Promise<number> {
  const text = (await readFile(path, 'latin1').catch(() => 'max')).trim();
  return text === 'max' ? Number.POSITIVE_INFINITY : Number(text);
}

function kibibytes(meminfo: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
}
