import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@holdfast/core';

export interface EndProcessesOptions {
  /** Who is to end, asked anew each time: killed processes may have started others. */
  readonly find: () => Promise<readonly number[]>;
  /** What else must be done for them to die: thawing. */
  readonly between?: () => Promise<void>;
  readonly deadlineMs: number;
  readonly clock: Clock;
}

/** Kills processes until none is found. Resolves with those that are left at the deadline; none where all went well. */
export async function endProcesses({ find, between, deadlineMs, clock }: EndProcessesOptions): Promise<readonly number[]> {
  const end = clock.monotonicMs() + deadlineMs;
  for (;;) {
    const pids = await find();
    if (pids.length === 0 || clock.monotonicMs() >= end) return pids;
    pids.forEach(kill);
    await between?.();
    await delay(5);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone meanwhile.
  }
}
