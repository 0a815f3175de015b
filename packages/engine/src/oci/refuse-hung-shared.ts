import { HoldfastError } from '@holdfast/core';
import { hungMountHint, hungMounts } from '../container/hung-mounts.js';
import type { SharedMount } from './container-files.js';

/** Rejects with HF_MOUNT_HUNG where a file system that the container shares does not answer: who put its job back would wait for it, and runc after him. */
export async function refuseHungShared(shared: readonly SharedMount[]): Promise<void> {
  const hung = await hungMounts(shared.map(({ type, hostPath }) => ({ type, mountPoint: hostPath })));
  const first = shared.find(({ hostPath }) => hung.has(hostPath));
  if (first === undefined) return;
  throw new HoldfastError('HF_MOUNT_HUNG', {
    message: `the file system at '${first.hostPath}', which the container has on ${first.destination}, does not answer: the job cannot go on without it`,
    kind: 'timeout',
    retry: 'yes',
    operation: 'agent.restore',
    context: { path: first.hostPath },
    hint: `${hungMountHint}; then start the container again: its job goes on from the newest snapshot`,
  });
}
