import type { CheckpointRef, CheckpointWriter, Epoch } from '@holdfast/core';
import { highestEpoch } from '../epoch/assert-current.js';
import { makeDirectories } from '../epoch/claim.js';
import { highestUsed } from '../epoch/job-listing.js';
import { viewJob } from '../epoch/job-view.js';
import { checkpointMissing, fenced, usage } from '../errors.js';
import { isAttempt, type SnapshotName } from '../files/names.js';
import { readManifest } from '../manifest/read-manifest.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { RepositoryWriter } from './checkpoint-writer.js';
import { ParentSnapshot } from './parent-snapshot.js';

/** Numbers that this process has given out, by job; files of the job tell the rest. */
export type NumbersBegun = Map<string, number>;

export async function beginSnapshot(
  context: StoreContext,
  paths: JobPaths,
  epoch: Epoch,
  parent: CheckpointRef | undefined,
  begun: NumbersBegun,
): Promise<CheckpointWriter> {
  if (!isAttempt(epoch.attempt)) throw usage(`${JSON.stringify(epoch.attempt)} is not the name of an attempt`);
  const view = await viewJob(context, paths);
  const highest = highestEpoch(view);
  if (highest > epoch.epoch) throw fenced(paths.job, epoch.epoch, highest);
  if (view.current?.epoch !== epoch.epoch || view.current.attempt !== epoch.attempt)
    throw usage(`Epoch ${epoch.epoch} of job ${paths.job} was not won by ${epoch.attempt}`);
  // A claim of before that was taken back may have taken an empty directory along.
  await makeDirectories(context, paths);
  const found = parent === undefined ? undefined : view.eligible.find((name) => isSame(name, parent));
  if (parent !== undefined && found === undefined)
    throw checkpointMissing(paths.job, parent.number, 'cannot be gone on from: it is not there, or a later attempt left it behind');
  const snapshot = found === undefined ? undefined : await ParentSnapshot.open(context, paths, await readManifest(context, paths, found));
  const used = await highestUsed(context, paths, view);
  const number = Math.max(epoch.firstNumber, (view.abandoned.get(epoch.epoch) ?? 0) + 1, used.number + 1, (begun.get(paths.job) ?? 0) + 1);
  begun.set(paths.job, number);
  return new RepositoryWriter({ context, paths, epoch, name: { number, epoch: epoch.epoch, attempt: epoch.attempt }, parent: snapshot });
}

function isSame(name: SnapshotName, ref: CheckpointRef): boolean {
  return name.number === ref.number && name.epoch === ref.epoch && name.attempt === ref.attempt;
}
