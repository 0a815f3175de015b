import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { markedProcesses } from './marked-processes.js';
import { isEnding, parentOf } from './process-identity.js';

const watchMs = 500;
/** A runc that is not waiting takes note of its CRIU's end at once. */
const turnsUnnoticed = 10;

/**
 * Ends a runc that waits for a CRIU which is gone: what CRIU had begun to restore holds their socket open, so that runc would wait to its deadline and
 * never take note that its CRIU has ended. Until the signal.
 */
export async function watchCriu(containerId: string, signal: AbortSignal): Promise<void> {
  let [ended, turns]: [number | undefined, number] = [undefined, 0];
  while (turns < turnsUnnoticed) {
    await delay(watchMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const runc = (await markedProcesses(containerId)).filter(({ name }) => name === 'runc').map(({ pid }) => pid);
    const before = ended;
    ended = runc.length === 0 ? undefined : await unnoticedChild(runc);
    turns = ended !== undefined && ended === before ? turns + 1 : 0;
    if (turns === turnsUnnoticed) runc.forEach(end);
  }
}

/** A child that has ended and that its parent has not taken note of. */
async function unnoticedChild(parents: readonly number[]): Promise<number | undefined> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.find((pid) => parents.includes(parentOf(pid) ?? -1) && isEnding(pid));
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone meanwhile.
  }
}
