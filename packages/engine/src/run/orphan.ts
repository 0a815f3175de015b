import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError } from '@holdfast/core';
import { processesOfContainer } from '../container/cleanup.js';
import { keeperName } from '../container/keeper-arguments.js';
import { markedProcesses } from '../container/marked-processes.js';
import { containerIdOf } from './run-record.js';

const dyingMs = 2000;

/**
 * Rejects with HF_JOB_HELD where processes of the job's last attempt run here that nobody keeps any more and whose record is not to be found: a resume would
 * put back the files under their feet. One whose keeper lives ends its job by itself once the job is claimed.
 */
export async function refuseBesideOrphan(job: string, attempt: string): Promise<void> {
  const containerId = containerIdOf(attempt);
  const end = performance.now() + dyingMs;
  let pids = await processesOfContainer(containerId);
  // What was just killed is still on its way.
  while (pids.length > 0 && performance.now() < end && !(await isKept(containerId))) {
    await delay(50);
    pids = await processesOfContainer(containerId);
  }
  if (pids.length === 0 || (await isKept(containerId))) return;
  throw new HoldfastError('HF_JOB_HELD', {
    message: `processes ${pids.join(', ')} of attempt ${attempt}, the last one of job ${job}, still run on this machine, and no holdfast of theirs does`,
    kind: 'conflict',
    operation: 'run',
    context: { job, attempt, pids: pids.join(', ') },
    hint: `end them: kill -9 ${pids.join(' ')}; then run the same line again`,
  });
}

async function isKept(containerId: string): Promise<boolean> {
  return (await markedProcesses(containerId)).some(({ name }) => name === keeperName);
}
