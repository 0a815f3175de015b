import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isProcessAlive, ownProcessIdentity, type ProcessIdentity } from '../process-identity.js';

/** runc writes it when it has made a container, and removes it with the container. */
const stateSchema = z.object({
  init_process_pid: z.int().positive(),
  init_process_start: z.int().nonnegative(),
  cgroup_paths: z.record(z.string(), z.string()).default({}),
});

export interface RuncState {
  /** Of the container's first process, as this machine numbers it. */
  readonly init: ProcessIdentity;
  /** False while runc's own init waits for `runc start`: the container's program does not run yet. */
  readonly started: boolean;
  /** Folder of its control group in each hierarchy, by controller; the unified one has no name. */
  readonly cgroupFolders: ReadonlyMap<string, string>;
}

/** What runc keeps of a container below its root. Undefined where there is none, or its first process is gone. */
export async function readRuncState(root: string, id: string): Promise<RuncState | undefined> {
  const state = await readLastRuncState(root, id);
  return state !== undefined && isProcessAlive(state.init) ? state : undefined;
}

/** The same of one whose first process may be gone, as long as nobody has removed what runc keeps. */
export async function readLastRuncState(root: string, id: string): Promise<RuncState | undefined> {
  const folder = join(root, id);
  const text = await readFile(join(folder, 'state.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { init_process_pid: pid, init_process_start: startTicks, cgroup_paths: cgroups } = stateSchema.parse(JSON.parse(text));
  const init = { ...ownProcessIdentity(), pid, startTicks };
  const waits = await access(join(folder, 'exec.fifo')).then(
    () => true,
    () => false,
  );
  return { init, started: !waits, cgroupFolders: new Map(Object.entries(cgroups)) };
}
