import { setTimeout as delay } from 'node:timers/promises';
import type { HostMount } from '../container/host-mounts.js';
import { holdersOf } from './mount-holders.js';
import { runMountProgram } from './mount-program.js';

/** A container that starts beside has a copy of every mount for a moment. */
const passingMs = 500;
const deadlineMs = 5_000;
const pauseMs = 25;

/**
 * Waits for copies of the mount in other mount namespaces to go, and takes away there what stays: a service or a job that was started with mounts of its
 * own has copies of all that was mounted then, and no use for a container's. Gives a sentence where one cannot be taken away.
 */
export async function evictHolders(mount: HostMount, treeTool: string): Promise<string | undefined> {
  const begun = performance.now();
  for (;;) {
    const [holder] = await holdersOf(mount);
    if (holder === undefined) return undefined;
    const passed = performance.now() - begun;
    if (passed > passingMs) {
      const { pid, name, mountPoint } = holder;
      // By a program of ours: what the name of a system's program leads to over there is for its owner to say, and this is root.
      const refusal = await runMountProgram(treeTool, ['unmount', String(pid), mountPoint], { cwd: '/' });
      if (refusal !== undefined && passed > deadlineMs) return `${name} (process ${pid}) has it in a mount namespace of its own: ${refusal}`;
    }
    await delay(pauseMs);
  }
}
