import { HoldfastError } from '@holdfast/core';
import { readRuncState } from '../container/adopted/runc-state.js';
import type { ContainerEntry } from './container-entry.js';
import type { ContainerSetup } from './container-setup.js';

/**
 * Rejects with HF_JOB_HELD where another container of this node has the job: it runs, or is just being made, and this agent has claimed the job for it. A lease says
 * the same, but not where the catalog does not answer: the second claim would then end the first container.
 */
export async function assertNotHeldHere(
  { id, job }: Pick<ContainerSetup, 'id' | 'job'>,
  entries: Iterable<ContainerEntry>,
  isBeingMade: (entry: ContainerEntry) => boolean,
): Promise<void> {
  for (const entry of entries) {
    const { setup } = entry;
    if (setup.job !== job || setup.id === id || !entry.hasClaimed || entry.state === 'unprotected') continue;
    if (isBeingMade(entry) || (await readRuncState(setup.root, setup.id)) !== undefined) throw heldHere(job, setup.name);
  }
}

function heldHere(job: string, container: string): HoldfastError {
  return new HoldfastError('HF_JOB_HELD', {
    message: `job ${job} is already run by container ${container} of this machine`,
    kind: 'conflict',
    operation: 'agent.claim',
    context: { job, container },
    hint: 'stop that one first, or give this one a name of its own by HOLDFAST_JOB',
  });
}
