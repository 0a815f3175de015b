import { HoldfastError } from '@holdfast/core';
import type { HostMount } from '../container/host-mounts.js';
import type { Bundle } from './bundle.js';

/**
 * CRIU restores a namespace of control groups as the machine's, and the kernel lets no root of a user namespace mount what that namespace does not own: a
 * container with users of its own that sees control groups of version 2 could be frozen, and never resumed. Throws HF_CONTAINER_SETTING for one, before
 * anything is promised to it. Those of version 1 are bind mounts, which can be restored. Pure.
 */
export function assertGroupsMountable({ uidMappings, gidMappings, mounts }: Bundle, hostMounts: readonly HostMount[]): void {
  if (uidMappings.length === 0 && gidMappings.length === 0) return;
  const seesGroups = mounts.some(({ type }) => type === 'cgroup' || type === 'cgroup2');
  const areVersion2 = hostMounts.some(({ mountPoint, type }) => mountPoint === '/sys/fs/cgroup' && type === 'cgroup2');
  if (!seesGroups || !areVersion2) return;
  throw new HoldfastError('HF_CONTAINER_SETTING', {
    message:
      'the container has a user namespace, and sees control groups of version 2, which CRIU cannot mount in one: no snapshot of it could be resumed',
    kind: 'unsupported',
    operation: 'container.setup',
    hint: 'start it with --userns host, or with MMC_CHECKPOINT_MODE=none',
  });
}
