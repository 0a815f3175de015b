import { readdirSync, readFileSync } from 'node:fs';
import type { FreezerFiles } from './cgroup-files.js';
import type { JobProcess } from './job-processes.js';

/** A process of a frozen job that nobody can take hold of until it runs again. */
export interface UnreadyProcess {
  readonly pid: number;
  /** `vfork`: it waits for a child that borrows its memory. `stopped`: it was stopped (SIGSTOP, Ctrl-Z) and then frozen. */
  readonly why: 'vfork' | 'stopped';
}

/**
 * Looks at the threads of the processes, all of a frozen job. What is frozen in vfork answers no tracer: CRIU would wait for ten seconds, and fail. What was
 * stopped before a freezer of version 1 froze it lets a tracer wait for the thaw.
 */
export function findUnready(processes: readonly JobProcess[], version: FreezerFiles['version'], proc = '/proc'): UnreadyProcess | undefined {
  const parents = new Set(processes.map(({ parentPid }) => parentPid));
  for (const { pid } of processes) {
    // Who waits in vfork has a child; what was stopped need not have one. Threads may be thousands.
    if (version !== 1 && !parents.has(pid)) continue;
    for (const thread of threadsOf(`${proc}/${pid}/task`)) {
      const why = reasonOf(`${proc}/${pid}/task/${thread}`);
      if (why === 'vfork' || (why === 'stopped' && version === 1)) return { pid, why };
    }
  }
  return undefined;
}

/** By the function of the kernel that it waits in: kernel_clone, wait_for_vfork_done; do_signal_stop. */
function reasonOf(thread: string): UnreadyProcess['why'] | undefined {
  const where = text(`${thread}/wchan`);
  if (where === 'do_signal_stop') return 'stopped';
  return where.includes('vfork') || where.includes('kernel_clone') ? 'vfork' : undefined;
}

function threadsOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(path: string): string {
  try {
    // Node reads UTF-8 in one go.
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
