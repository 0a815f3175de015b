import { HoldfastError } from '@holdfast/core';
import type { TrackedRoot } from '../files/tracked-root.js';
import { isBelow } from './host-mounts.js';
import { parentsFirst } from './job-mounts.js';
import type { RecordedMount } from './recorded-mounts.js';

export interface MovedRoots {
  /** All that the restored job has. */
  readonly mounts: readonly RecordedMount[];
  /** Those of them that the dumped job did not have. */
  readonly added: readonly string[];
}

/**
 * A root that lies elsewhere now than where the job sees it needs a mount there; a job that was started in it had none. Rejects with
 * HF_RESTORE_REFUSED where the job had another file system mounted in it.
 */
export function mountMovedRoots(recorded: readonly RecordedMount[], roots: readonly TrackedRoot[]): MovedRoots {
  const moved = roots.filter(({ id, hostPath, destination }) => hostPath !== destination && !recorded.some(({ root }) => root === id));
  for (const { destination } of moved) {
    const inside = recorded.find((mount) => mount.destination === destination || isBelow(mount.destination, destination));
    if (inside !== undefined) throw refused(destination, inside.destination);
  }
  const added = moved.map(({ id, hostPath, destination }) => ({ destination, type: 'bind', source: hostPath, options: ['bind'], root: id }));
  return { mounts: added.length === 0 ? recorded : parentsFirst([...recorded, ...added]), added: added.map(({ destination }) => destination) };
}

function refused(destination: string, inside: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_REFUSED', {
    message: `the files of ${destination} cannot come to another place: the job has a file system mounted on ${inside}`,
    kind: 'conflict',
    operation: 'restore',
    hint: 'resume it without --here',
  });
}
