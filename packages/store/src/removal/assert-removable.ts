import { HoldfastError } from '@holdfast/core/basics';
import { heldSnapshots } from '../pins/held-snapshots.js';
import { StorageTime } from '../pins/storage-time.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';

/** Rejects with HF_JOB_PINNED where a fork needs the job; without `force` also where somebody reads it or a person has pinned it. */
export async function assertRemovable(context: StoreContext, paths: JobPaths, force: boolean): Promise<void> {
  const { forks, byHand, read } = await heldSnapshots(context, paths, new StorageTime(context, paths.directory));
  if (forks.size > 0) {
    const names = [...forks].sort().join(', ');
    throw pinned(
      paths.job,
      `${names} was forked from it and needs it`,
      `remove ${names} first; a fork that has snapshots of its own lets go with its next prune`,
    );
  }
  if (force) return;
  if (byHand.length > 0) throw pinned(paths.job, `${byHand.join(', ')} in ${paths.pins} keeps it`, 'remove the pin, or say --force');
  if (read) throw pinned(paths.job, 'somebody reads it', 'wait for the restore, the verification or the export; or say --force, and it fails');
}

function pinned(job: string, why: string, hint: string): HoldfastError {
  return new HoldfastError('HF_JOB_PINNED', { message: `job ${job} cannot be removed: ${why}`, kind: 'conflict', context: { job }, hint });
}
