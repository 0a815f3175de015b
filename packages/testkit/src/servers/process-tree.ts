import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Sends a signal to a process and to all below it. PostgreSQL's processes have groups of their own, so no group's signal reaches them;
 * the first is stopped while they are counted, so that none is born meanwhile.
 */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  send(pid, 'SIGSTOP');
  for (const each of [...descendants(pid), pid]) send(each, signal);
}

/** Stops a process and all below it. Resolves when none of their threads runs any more: the signal takes its time to reach each. */
export async function stopTree(pid: number): Promise<void> {
  signalTree(pid, 'SIGSTOP');
  while ([pid, ...descendants(pid)].some(runs)) await sleep(5);
}

function runs(pid: number): boolean {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`).map((task) => readFileSync(`/proc/${pid}/task/${task}/stat`, 'latin1'));
    return tasks.some((stat) => !/^[TtZX]$/u.test(stat.charAt(stat.lastIndexOf(')') + 2)));
  } catch {
    // A thread or all of it ended meanwhile: look again while it is there.
    return readable(pid);
  }
}

function readable(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1') !== '';
  } catch {
    return false;
  }
}

function descendants(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendants)];
}

function childrenOf(pid: number): number[] {
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return listed === '' ? [] : listed.split(' ').map(Number);
  } catch {
    return [];
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}
