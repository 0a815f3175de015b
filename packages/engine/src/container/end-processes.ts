import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, HoldfastError } from '@holdfast/core';

export interface EndProcessesOptions {
  /** Who is to end, asked anew each time: killed processes may have started others. */
  readonly find: () => Promise<readonly number[]>;
  /** What else must be done for them to die: thawing. */
  readonly between?: () => Promise<void>;
  readonly deadlineMs: number;
  readonly clock: Clock;
}

/**
 * Kills processes until none is found. Rejects with HF_UNEXPECTED, none killed, where this process or the machine's first one is among them: then they are not a job's. Resolves with those that are left at the deadline; none where all went well.
 */
export async function endProcesses({ find, between, deadlineMs, clock }: EndProcessesOptions): Promise<readonly number[]> {
  const end = clock.monotonicMs() + deadlineMs;
  for (;;) {
    const pids = await find();
    if (pids.length === 0 || clock.monotonicMs() >= end) return pids;
    if (pids.includes(process.pid) || pids.includes(1)) throw notAJobs(pids.length);
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

function notAJobs(count: number): HoldfastError {
  return new HoldfastError('HF_UNEXPECTED', {
    message: `${count} processes were to be killed as a job's, and Holdfast or the machine's first process is among them: nothing was killed`,
    kind: 'unexpected',
    operation: 'kill',
    hint: 'this is a defect of Holdfast; please report it',
  });
}
