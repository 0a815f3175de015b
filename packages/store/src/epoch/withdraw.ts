import { dirname, join } from 'node:path';
import type { Epoch } from '@holdfast/core';
import { epochFileName } from '../files/names.js';
import { removeIfEmpty } from '../files/remove-directory.js';
import { removeIfThere } from '../files/whole-files.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { listJob } from './job-listing.js';
import { readEpoch } from './read-epoch.js';

/**
 * Takes back a claim that was a job's only one and under which nothing was committed: docs/format.md, "Withdrawing". Its epoch's files go first, so
 * whoever claims meanwhile keeps a directory that is not empty. Tells whether the job is gone.
 */
export async function withdrawEpoch(context: StoreContext, paths: JobPaths, { epoch, attempt }: Epoch): Promise<boolean> {
  const { files } = context;
  const { epochs, ended, started, over, manifests, condemned, sources } = await listJob(context, paths);
  if (epochs.length !== 1 || epochs[0] !== epoch || manifests.length + condemned.length + sources.length > 0) return false;
  if (ended.size + started.size + over.size > 0) return false;
  if ((await readEpoch(context, paths, epoch))?.attempt !== attempt) return false;
  for (const kind of ['ready', 'epoch'] as const) await removeIfThere(files, join(paths.epochs, epochFileName(epoch, kind)));
  for (const directory of [paths.epochs, paths.manifests, paths.packs, paths.pins, paths.directory]) {
    if (!(await removeIfEmpty(files, directory))) return false;
  }
  await files.syncDirectory(dirname(paths.directory), 'job-directory');
  return true;
}
