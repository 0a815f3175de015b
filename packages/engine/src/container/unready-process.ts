import { readdirSync, readFileSync } from 'node:fs';
import type { FreezerFiles } from './cgroup-files.js';

/** A process of a frozen job that nobody can take hold of until it runs again. */
export interface UnreadyProcess {
  readonly pid: number;
  /** `vfork`: it waits for a child that borrows its memory. `stopped`: it was stopped (SIGSTOP, Ctrl-Z) and then frozen. */
  readonly why: 'vfork' | 'stopped';
}

/**
 * Looks at every thread of the processes, the job frozen. What is frozen in vfork answers no tracer: CRIU would wait for ten seconds, and fail. What was
 * stopped before a freezer of version 1 froze it lets a tracer wait for the thaw.
 */
export function findUnready(pids: readonly number[], version: FreezerFiles['version']): UnreadyProcess | undefined {
  for (const pid of pids) {
    for (const thread of threadsOf(pid)) {
      const why = reasonOf(pid, thread);
      if (why === 'vfork' || (why === 'stopped' && version === 1)) return { pid, why };
    }
  }
  return undefined;
}

/** By the function of the kernel that it waits in: kernel_clone, wait_for_vfork_done; do_signal_stop. */
function reasonOf(pid: number, thread: string): UnreadyProcess['why'] | undefined {
  const where = text(`/proc/${pid}/task/${thread}/wchan`);
  if (where === 'do_signal_stop') return 'stopped';
  return where.includes('vfork') || where.includes('kernel_clone') ? 'vfork' : undefined;
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
