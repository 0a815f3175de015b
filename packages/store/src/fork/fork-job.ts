import { join } from 'node:path';
import type { CheckpointSummary, EpochHolder } from '@holdfast/core';
import { isFenced } from '../epoch/assert-current.js';
import { createEpoch, makeDirectories } from '../epoch/claim.js';
import { encodeReady } from '../epoch/epoch-record.js';
import { listJob } from '../epoch/job-listing.js';
import { jobExists, usage } from '../errors.js';
import { throwIfAborted } from '../files/abort.js';
import { createExclusively } from '../files/create-exclusively.js';
import { epochFileName, isAttempt, type SnapshotName } from '../files/names.js';
import { type Manifest, type ManifestSummary, toCheckpointSummary } from '../manifest/manifest.js';
import { encodeManifest } from '../manifest/manifest-codec.js';
import type { JobPaths, StoreContext } from '../repository/store-context.js';
import { publishManifest, withdrawManifest } from '../write/publish-manifest.js';
import { pinSource } from './pin-source.js';
import { type ForkSource, findSource, readSource } from './source-snapshot.js';

export interface ForkRequest {
  readonly from: ForkSource;
  readonly holder: EpochHolder;
  readonly signal: AbortSignal | undefined;
}

/** Makes the job of `paths` out of another job's snapshot; the steps F1 to F7 of docs/format.md, "Fork". */
export async function forkJob(context: StoreContext, paths: JobPaths, { from, holder, signal }: ForkRequest): Promise<CheckpointSummary> {
  throwIfAborted(signal, 'store.fork');
  if (!isAttempt(holder.attempt)) throw usage(`${JSON.stringify(holder.attempt)} is not the name of an attempt`);
  await assertFree(context, paths);
  const found = await findSource(context, from);
  await makeDirectories(context, paths);
  const epoch = await createEpoch(context, paths, holder, undefined);
  if (epoch === undefined) throw jobExists(paths.job);
  const name: SnapshotName = { number: epoch.firstNumber, epoch: epoch.epoch, attempt: epoch.attempt };
  const { source, manifest, pins } = await pinSource(context, paths, epoch.epoch, from, found);
  try {
    throwIfAborted(signal, 'store.fork');
    await assertFree(context, paths);
  } catch (error) {
    await pins.withdraw();
    throw error;
  }
  const summary = summaryOf(context, paths, name, manifest, epoch.firstNumber);
  await publishManifest(context, paths, name, encodeManifest(summary, manifest, context.cipher));
  if (await isFenced(context, paths, await listJob(context, paths), name)) throw jobExists(paths.job);
  // A fork that stood still for a day may have been taken for dead meanwhile.
  await readSource(context, source).catch(async (error: unknown) => {
    await withdrawManifest(context, paths, name);
    throw error;
  });
  const ready = encodeReady(paths.job, epoch.epoch, epoch.attempt);
  await createExclusively(context.files, join(paths.epochs, epochFileName(epoch.epoch, 'ready')), ready, 'epoch', 'epoch-directory');
  return toCheckpointSummary(summary, true);
}

/** A claim that was never finished takes no name: it may be what a killed fork left. */
async function assertFree(context: StoreContext, paths: JobPaths): Promise<void> {
  if ((await listJob(context, paths)).ready.size > 0) throw jobExists(paths.job);
}

/** The instant of the state stays; it adds nothing to the packs. */
function summaryOf(context: StoreContext, paths: JobPaths, name: SnapshotName, { summary }: Manifest, firstNumber: number): ManifestSummary {
  return {
    repositoryId: context.repositoryId,
    job: paths.job,
    ...name,
    parent: undefined,
    createdAt: summary.createdAt,
    logicalBytes: summary.logicalBytes,
    storedBytes: 0,
    from: undefined,
    firstNumber,
  };
}
