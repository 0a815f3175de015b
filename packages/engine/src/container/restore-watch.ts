import { existsSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { markedProcesses } from './marked-processes.js';
import { parentOf } from './process-identity.js';

const watchMs = 500;
/** What runc does after CRIU takes far less. */
const turnsWithout = 20;

/**
 * Ends a runc that waits for a CRIU which is gone: what CRIU had begun to restore holds their socket open, so that runc would wait to its deadline. Until
 * the signal. CRIU's log, which is new with each restore, tells of one that lived for less time than lies between two looks.
 */
export async function watchCriu(containerId: string, criuLog: string, signal: AbortSignal): Promise<void> {
  let [seen, without] = [false, 0];
  while (without < turnsWithout) {
    await delay(watchMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const { runc, hasCriu } = await lookFor(containerId);
    seen ||= hasCriu || existsSync(criuLog);
    without = seen && !hasCriu && runc.length > 0 ? without + 1 : 0;
    if (without === turnsWithout) runc.forEach(end);
  }
}

async function lookFor(containerId: string): Promise<{ readonly runc: readonly number[]; readonly hasCriu: boolean }> {
  const processes = await markedProcesses(containerId);
  const runc = processes.filter(({ name }) => name === 'runc').map(({ pid }) => pid);
  // What CRIU had begun becomes runc's child when CRIU is gone, and has its name yet, but lives in the job's own pid namespace.
  const hasCriu = processes.some(({ pid, name }) => name !== 'runc' && runc.includes(parentOf(pid) ?? -1) && pidNamespace(pid) === ownPidNamespace);
  return { runc, hasCriu };
}

const ownPidNamespace = pidNamespace('self');

function pidNamespace(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone meanwhile.
  }
}
