import { HoldfastError } from '@holdfast/core';
import { z } from 'zod';
import type { Bundle, IdMapping } from './bundle.js';

/** How the users of a container are numbered on its machine: owners of its files are recorded as the machine numbers them. */
export interface ContainerUsers {
  readonly uids: readonly IdMapping[];
  readonly gids: readonly IdMapping[];
}

const mappings = z.array(z.object({ containerID: z.number(), hostID: z.number(), size: z.number() }));

export const containerUsersSchema: z.ZodType<ContainerUsers> = z.object({ uids: mappings, gids: mappings });

/** Both lists are empty where the container has no user namespace of its own. */
export function containerUsers({ uidMappings, gidMappings }: Bundle): ContainerUsers {
  return { uids: [...uidMappings], gids: [...gidMappings] };
}

/**
 * Rejects what cannot succeed: files would belong to strangers, and processes ask for users that the namespace does not have. Throws HF_RESTORE_REFUSED
 * naming both.
 */
export function assertSameUsers(recorded: ContainerUsers, present: ContainerUsers): void {
  if (text(recorded) === text(present)) return;
  throw new HoldfastError('HF_RESTORE_REFUSED', {
    message: `the job cannot go on in this container: its users were numbered ${text(recorded)}, and are ${text(present)} now`,
    kind: 'conflict',
    operation: 'agent.restore',
    hint: 'give both nodes the same userns-remap in daemon.json and the same ranges in /etc/subuid and /etc/subgid, or start the container with the same --userns',
  });
}

function text({ uids, gids }: ContainerUsers): string {
  const ranges = (list: ContainerUsers['uids']): string =>
    list.length === 0
      ? 'as on the machine'
      : list.map(({ containerID, hostID, size }) => `${containerID}-${containerID + size - 1} from ${hostID}`).join(', ');
  return `${ranges(uids)} (groups ${ranges(gids)})`;
}
