import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError } from '@holdfast/core';
import { isEnding } from '../container/process-identity.js';

const [turns, turnMs] = [25, 20];
const sigkill = 9;

/**
 * Asked where a snapshot failed: true where the job is on its way out, or is so within half a second. Whoever kills a frozen job thaws it (runc does), so that its snapshot fails
 * a little before anybody sees the end.
 */
export async function isAboutToEnd(initPid: number, signal: AbortSignal): Promise<boolean> {
  for (let turn = 0; turn < turns && !signal.aborted; turn += 1) {
    if (isEnding(initPid) || (await isBeingKilled(initPid))) return true;
    await delay(turnMs, undefined, { signal }).catch(() => undefined);
  }
  return signal.aborted;
}

/** It waits for a thaw, or for a processor, to die. */
async function isBeingKilled(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  const pending = [...status.matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$/gm)];
  return pending.some(([, bits = '0']) => (BigInt(`0x${bits}`) & (1n << BigInt(sigkill - 1))) !== 0n);
}

export function endedMeanwhile(job: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_JOB_NOT_RUNNING', {
    message: `job ${job} ended while a snapshot of it was taken`,
    kind: 'not-found',
    operation: 'snapshot',
    hint: 'the job has its newest snapshot as before; holdfast show tells how it ended',
    ...(cause === undefined ? {} : { cause }),
  });
}
