import { readFileSync } from 'node:fs';

/**
 * Sends a signal to a process and to all below it. PostgreSQL's processes have groups of their own, so no group's signal reaches them;
 * the first is stopped while they are counted, so that none is born meanwhile.
 */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  send(pid, 'SIGSTOP');
  for (const each of [...descendants(pid), pid]) send(each, signal);
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
